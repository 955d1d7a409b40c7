// Owns how the site looks and is found through: sidebar, search, anchors. The pages are made by scripts/site.mjs.

import { defineConfig } from 'vitepress';
import { anchor, navigation, placeOf, titleOf } from '../pages.mjs';
import { referenceSidebar } from '../reference.mjs';

const icon =
  "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'><path d='M5 12h14v8H5zM19 15h8M19 17h8M5 16H1' fill='none' stroke='%233b82c4' stroke-width='3'/></svg>";

const sections = navigation.map(({ title, pages }) => ({
  text: title,
  collapsed: false,
  items: pages.map((page) => ({ text: titleOf(page), link: linkTo(page) })),
}));
sections.find(({ text }) => text === 'Examples').items.unshift({ text: 'All programs', link: '/examples/' });

export default defineConfig({
  title: 'berkeley',
  description: 'Sockets as the operating system has them, for Node.js and TypeScript',
  lang: 'en',
  srcDir: '../build/site/pages',
  outDir: '../build/site/html',
  cacheDir: '../build/site/cache',
  // The index of the search is one file, which is fetched when somebody searches.
  vite: { build: { chunkSizeWarningLimit: 4000 } },
  head: [['link', { rel: 'icon', href: icon }]],
  markdown: {
    anchor: { slugify: anchor },
    config: labelBlocks,
  },
  themeConfig: {
    outline: { level: [2, 3] },
    search: { provider: 'local', options: { _render: indexed } },
    nav: [
      { text: 'Guide', link: '/guide/getting-started', activeMatch: '^/guide/' },
      { text: 'Reference', link: '/reference/', activeMatch: '^/reference/' },
      { text: 'Errors', link: '/errors' },
      { text: 'Examples', link: '/examples/', activeMatch: '^/examples/' },
    ],
    sidebar: {
      '/reference/': [{ text: 'Reference', items: referenceSidebar }],
      '/': sections,
    },
    docFooter: { prev: 'Before', next: 'Next' },
  },
});

/** Says of a block of code what the tests do with it, where they do not run it: test/docs/code.test.ts. */
function labelBlocks(markdown) {
  const { fence } = markdown.renderer.rules;
  markdown.renderer.rules.fence = (tokens, at, ...rest) => {
    const { info, content } = tokens[at];
    const html = fence(tokens, at, ...rest);
    if (!/^ts\b/.test(info)) return html;
    const label =
      info === 'ts check' ? 'ts, compiled and not run' : /^import /m.test(content) ? 'ts' : 'ts, a fragment';
    return html.replace('<span class="lang">ts</span>', `<span class="lang">${label}</span>`);
  };
}

/** A page for the index of the search, which needs no colours: they are half of the time that a build takes. */
function indexed(text, env, markdown) {
  const { highlight } = markdown.options;
  markdown.options.highlight = (code) => `<pre><code>${markdown.utils.escapeHtml(code)}</code></pre>`;
  try {
    return markdown.render(text, env);
  } finally {
    markdown.options.highlight = highlight;
  }
}

function linkTo(page) {
  return `/${placeOf(page)
    .replace(/(^|\/)index\.md$/, '$1')
    .replace(/\.md$/, '')}`;
}
