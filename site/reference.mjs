// Owns the API reference: pages made of the interfaces in src/contract and of their comments, by the compiler's own syntax
// tree. It must not know what draws the pages. Nothing is written here that a comment could say.

import { readdirSync } from 'node:fs';
import ts from 'typescript';
import { linked, linkedType } from './linked.mjs';
import { read } from './pages.mjs';

/**
 * The pages, each with the files whose exports stand on it, and what comes first. A file of the contract that no page has is
 * an error.
 */
const subjects = [
  ['functions', 'Functions', ['net'], ['Net']],
  ['connections', 'Connections', ['conn'], ['Conn', 'AsyncConn', 'SyncConn', 'ConnBase']],
  ['listeners', 'Listeners', ['listener']],
  ['udp', 'UDP sockets', ['udp']],
  ['sockets', 'Sockets', ['socket', 'src/face/common.ts:constants'], ['Socket']],
  ['messages', 'Messages', ['message'], ['Message', 'Datagram', 'Meta']],
  [
    'options',
    'Options',
    [
      'option',
      'src/core/option/table.ts:options',
      'option-values',
      'tcp-info',
      'socket-options',
      'ip-options',
      'ipv6-options',
      'tcp-options',
      'udp-options',
    ],
  ],
  ['addresses', 'Addresses', ['address']],
  ['limits-and-colours', 'Limits and colours', ['mode']],
  ['tls', 'TLS', ['tls'], ['TlsOptions', 'TlsInfo']],
  ['errors', 'Errors', ['src/error/socket-error.ts', 'error']],
  ['events', 'Events', ['src/event/queue.ts:eventQueue', 'event']],
  ['codecs', 'Numbers and frames', ['src/codec/codecs.ts:codecs', 'codec']],
  ['http', 'HTTP heads', ['http']],
  ['files-and-relays', 'Files and relays', ['file', 'relay']],
  ['streams', 'Streams', ['streams'], ['Streams']],
  ['features', 'Features', ['src/core/features.ts:features', 'features']],
];

/** Their methods are what an entry point exports. */
const entries = ['Net', 'Streams'];

/** What a page of the reference has to say besides. */
const introductions = {
  functions:
    'What `berkeley` and `berkeley/sync` export: the same functions with the same arguments. `M` is the colour: `R<M, T>` is `Promise<T>` in `berkeley` and `T` in `berkeley/sync`.',
  options:
    'The tokens are properties of `options`. [The guide](../guide/options.md) has their units and directions in tables.',
  streams:
    'What `berkeley/streams` exports: connections as the streams of other libraries. The colour is that with promises.',
  errors: 'What the codes mean is in [every error code](../errors.md).',
};

const declarations = subjects.map(([page, title, files, first = []]) => {
  const rank = ({ name }) => (first.includes(name) ? first.indexOf(name) : first.length);
  return { page, title, items: files.flatMap(exportsOf).sort((a, b) => rank(a) - rank(b)) };
});

/** Where each exported name stands: `[name, page#anchor]`. */
const places = new Map(
  declarations.flatMap(({ page, items }) =>
    items.flatMap((item) => [
      [item.name, `./${page}.html#${item.name}`],
      ...(entries.includes(item.name) ? item.members.map(({ name }) => [name, `./${page}.html#${name}`]) : []),
    ]),
  ),
);

/** The pages, as `[place, text]`, and their titles for the sidebar. */
export function referencePages() {
  const had = new Set(subjects.flatMap(([, , files]) => files));
  for (const name of readdirSync('src/contract').map((file) => file.replace(/\.ts$/, '')))
    if (name !== 'index' && !had.has(name)) throw new Error(`src/contract/${name}.ts is on no page of the reference`);
  return [['reference/index.md', index()], ...declarations.map((one) => [`reference/${one.page}.md`, page(one)])];
}

export const referenceSidebar = [
  { text: 'All names', link: '/reference/' },
  ...subjects.map(([page, title]) => ({ text: title, link: `/reference/${page}` })),
];

function index() {
  const lines = [
    '# Reference',
    '',
    'Everything that `berkeley` and `berkeley/sync` export, made from the comments in their sources. Both have the same names; what waits returns a promise in the first and the value in the second. [Streams](./streams.md) are what `berkeley/streams` exports; the [dialects](../dialects/index.md) have their own pages.',
  ];
  for (const { page, title, items } of declarations) {
    lines.push('', `## [${title}](./${page}.md)`, '');
    for (const item of items) {
      const names = entries.includes(item.name) ? groups(item.members) : [item];
      for (const { name, doc } of names)
        lines.push(
          `- [\`${name}\`](${places.get(name)})${doc.text === '' ? '' : `: ${prose(firstSentence(doc.text))}`}`,
        );
    }
  }
  return `${lines.join('\n')}\n`;
}

function page({ page: name, title, items }) {
  // A page may have the name of something that stands on it.
  const lines = [`# ${title} {#page}`];
  if (introductions[name] !== undefined) lines.push('', introductions[name]);
  for (const item of items) {
    if (entries.includes(item.name)) {
      for (const member of groups(item.members)) lines.push(...section(member, '##', member.name));
      continue;
    }
    lines.push(
      '',
      `## ${item.name} {#${item.name}}`,
      '',
      ...(item.signature === null ? [] : [code(item.signature), '']),
    );
    lines.push(...documentation(item.doc));
    const properties = item.members.filter(({ kind }) => kind === 'property');
    if (properties.length > 0) lines.push('', ...properties.flatMap((member) => property(item.name, member)));
    for (const member of groups(item.members.filter(({ kind }) => kind === 'method')))
      lines.push(...section(member, '###', `${item.name}-${member.name}`));
  }
  return `${lines.join('\n')}\n`;
}

function section(member, level, anchor) {
  return ['', `${level} ${member.name} {#${anchor}}`, '', code(member.signature), '', ...documentation(member.doc)];
}

/** A property as an item of a list, which a phone can show. */
function property(owner, { name, type, doc, optional, writable }) {
  const [first = '', ...rest] = documentation(doc);
  const facts = [optional ? 'optional' : '', writable ? '' : 'read-only'].filter((one) => one !== '').join(', ');
  const head = `- <b id="${owner}-${name}"><code>${name}</code></b> <code v-pre>${linkedType(type, places)}</code>${facts === '' ? '' : ` <small>${facts}</small>`}`;
  return [`${head}  `, ...[first, ...rest].map((line) => (line === '' ? '' : `  ${line}`))];
}

function documentation({ text, throws, examples }) {
  const lines = text === '' ? [] : prose(text).split('\n');
  if (throws !== null) lines.push('', `**Throws** ${prose(throws)}`);
  for (const example of examples) lines.push('', '```ts', ...example.split('\n'), '```');
  return lines;
}

function prose(text) {
  return linked(text, places);
}

function code(signature) {
  return `<pre class="signature" v-pre><code>${linkedType(signature, places)}</code></pre>`;
}

/** Overloads, and the two halves of an accessor, are one. */
function groups(members) {
  const found = new Map();
  for (const member of members) {
    const earlier = found.get(member.name);
    if (earlier === undefined) found.set(member.name, { ...member });
    else earlier.signature += `\n${member.signature}`;
  }
  return [...found.values()];
}

/** What a file exports: `conn` is src/contract/conn.ts, and `FILE:NAME` one export of a file. */
function exportsOf(file) {
  const [path, only] = file.includes('/') ? file.split(':') : [`src/contract/${file}.ts`];
  const source = ts.createSourceFile(path, read(path), ts.ScriptTarget.ES2022, true);
  const found = source.statements
    .filter((node) => node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword))
    .flatMap((node) => (ts.isVariableStatement(node) ? node.declarationList.declarations : [node]))
    .filter((node) =>
      only === undefined ? path.includes('contract') || ts.isClassDeclaration(node) : node.name.text === only,
    )
    .map((node) => itemOf(node, source));
  if (found.length === 0) throw new Error(`${file} exports nothing that the reference knows`);
  return found;
}

function itemOf(node, source) {
  const doc = docOf(ts.isVariableDeclaration(node) ? node.parent.parent : node);
  return { name: node.name.text, doc, signature: signatureOf(node, source), members: membersOf(node, source) };
}

/** How something is declared, without what stands on the page anyway. */
function signatureOf(node, source) {
  const text = node.getText(source).replace(/^export (declare )?/, '');
  if (ts.isTypeAliasDeclaration(node)) return text;
  if (ts.isFunctionDeclaration(node))
    return text
      .slice(0, node.body.getStart(source) - node.getStart(source))
      .replace(/^export /, '')
      .trim();
  if (ts.isVariableDeclaration(node))
    return node.type === undefined ? null : `const ${node.name.text}: ${node.type.getText(source)}`;
  const head = text
    .slice(0, text.indexOf('{'))
    .replace(/ implements .*/, '')
    .trim();
  return head === `interface ${node.name.text}` ? null : head;
}

function membersOf(node, source) {
  if (!ts.isInterfaceDeclaration(node)) return [];
  return node.members.flatMap((member) => {
    // An index signature says nothing that the names do not.
    if (ts.isIndexSignatureDeclaration(member)) return [];
    const text = member.getText(source).replace(/\bthis: void,? ?/, '');
    const shared = { name: member.name.getText(source).replace(/^\[(.*)\]$/, '$1'), doc: docOf(member) };
    if (ts.isMethodSignature(member)) return [{ ...shared, kind: 'method', signature: outdented(text) }];
    // What is set to another type than it is read as: the type of both stands with the getter.
    if (ts.isSetAccessor(member)) return [];
    const setter = node.members.find((one) => ts.isSetAccessor(one) && one.name.getText(source) === shared.name);
    const readType = outdented(member.type.getText(source)).replace(/ \| undefined$/, '');
    const setType = setter === undefined ? readType : setter.parameters[0].type.getText(source);
    return [
      {
        ...shared,
        kind: 'property',
        type: setType === readType ? readType : `${readType} (set: ${setType})`,
        optional: member.questionToken !== undefined,
        writable: !member.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ReadonlyKeyword),
      },
    ];
  });
}

function docOf(node) {
  const [comment] = (node.jsDoc ?? []).slice(-1);
  const textOf = (part) => (part === undefined ? '' : (ts.getTextOfJSDocComment(part) ?? '')).trim();
  const tags = (name) => (comment?.tags ?? []).filter((tag) => tag.tagName.text === name);
  const [thrown] = tags('throws');
  return {
    text: textOf(comment?.comment),
    // The parser takes what stands in braces for a type, so the text is that of the source.
    throws: thrown === undefined ? null : tagText(thrown),
    examples: tags('example').map((tag) => outdented(tagText(tag))),
  };
}

function tagText(tag) {
  return tag
    .getText()
    .replace(/\n *\* ?/g, '\n')
    .replace(/^@\w+\s*/, '')
    .trim();
}

function outdented(text) {
  const lines = text.split('\n');
  const depth = Math.min(
    ...lines
      .slice(1)
      .filter((line) => line.trim() !== '')
      .map((line) => line.search(/\S/)),
    80,
  );
  return lines.map((line, i) => (i === 0 ? line : line.slice(depth === 80 ? 0 : depth))).join('\n');
}

function firstSentence(text) {
  const [paragraph] = text.split('\n\n');
  const line = paragraph.replaceAll('\n', ' ');
  return /^(.+?[.:])(?= [A-Z`'(]|$)/.exec(line)?.[1].replace(/:$/, '.') ?? line;
}
