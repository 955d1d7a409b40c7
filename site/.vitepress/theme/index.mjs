// The theme is the generator's own, with a few rules of ours.

import theme from 'vitepress/theme-without-fonts';
import './style.css';

export { theme as default };
