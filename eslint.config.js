import js from '@eslint/js';
import ts from 'typescript-eslint';

export default ts.config(
  {
    ignores: [
      'compiled/',
      'dist/',
      'build/',
      'native/build/',
      'node_modules/',
      '.contenders/',
      'site/.vitepress/.temp/',
    ],
  },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...ts.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      // `void | Want` is what a step without a result returns, and `this: void` lets the functions of Net be taken apart.
      '@typescript-eslint/no-invalid-void-type': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { varsIgnorePattern: '^_$', ignoreRestSiblings: true }],
      // Arguments are checked at run time, because callers may have no types.
      '@typescript-eslint/no-unnecessary-condition': 'off',
    },
  },
  {
    // One test body runs in both colours, so it awaits what may be a plain value.
    files: ['test/**/*.ts', 'bench/**/*.ts', 'examples/**/*.ts'],
    rules: {
      '@typescript-eslint/await-thenable': 'off',
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [
            { from: 'package', package: 'node:test', name: ['test', 'describe', 'it', 'suite'] },
          ],
        },
      ],
    },
  },
  {
    files: ['scripts/**/*.mjs', 'site/**/*.mjs', '*.js'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly' } },
  },
  {
    // A probe runs as it stands on its own runtime.
    files: ['probes/**/*.mjs'],
    languageOptions: {
      globals: Object.fromEntries(
        [
          ...[
            'AbortSignal',
            'Atomics',
            'Buffer',
            'Bun',
            'Deno',
            'SharedArrayBuffer',
            'TextDecoder',
            'TextEncoder',
            'URL',
          ],
          ...['clearTimeout', 'console', 'process', 'queueMicrotask', 'setImmediate', 'setTimeout'],
        ].map((name) => [name, 'readonly']),
      ),
    },
  },
);
