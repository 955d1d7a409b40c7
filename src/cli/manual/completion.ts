// Owns the scripts that make a shell complete the words of the command. It must not know what is in the table.

import type { commands as table, shells } from './commands.js';
import type { Entry, Flag } from './entry.js';

type Table = typeof table;
type Shell = (typeof shells)[number];

export function completion(shell: Shell, commands: Table): string {
  return { bash, zsh, fish }[shell](commands);
}

const globals = ['--help', '--version'];

function bash(commands: Table): string {
  const cases = commands.map((entry) => {
    const values = entry.flags.filter(({ value }) => value !== undefined);
    return [
      `    ${entry.name})`,
      `      words='${[...entry.flags.flatMap(names), '--help', ...(entry.choices ?? [])].join(' ')}'`,
      `      case $before in`,
      ...values.map((flag) => `        ${names(flag).join('|')}) ${bashValues(flag)} ;;`),
      `      esac`,
      `      ;;`,
    ].join('\n');
  });
  return `# bash completion for berkeley: source <(berkeley completion bash)
_berkeley() {
  local now=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} words='' files='' only=''
  if [ "$COMP_CWORD" = 1 ]; then
    COMPREPLY=($(compgen -W '${[...commands.map(({ name }) => name), ...globals].join(' ')}' -- "$now"))
    return
  fi
  case \${COMP_WORDS[1]} in
    help) words='${commands.map(({ name }) => name).join(' ')}' ;;
${cases.join('\n')}
  esac
  if [ -n "$files" ]; then
    compopt -o filenames 2>/dev/null
    COMPREPLY=($(compgen -f -- "$now"))
  else
    COMPREPLY=($(compgen -W "\${only:-$words}" -- "$now"))
  fi
}
complete -o default -F _berkeley berkeley
`;
}

/** What the script does where a value of the flag is typed. Where it can offer nothing, it must not offer other flags. */
function bashValues({ choices, offers }: Flag): string {
  if (offers === 'files') return 'files=yes';
  if (offers === 'interfaces') return 'only=$(ls /sys/class/net 2>/dev/null)';
  return choices === undefined ? 'return' : `only='${choices.join(' ')}'`;
}

function zsh(commands: Table): string {
  const cases = commands.map((entry) =>
    [
      `        ${entry.name})`,
      `          _arguments ${[...entry.flags.flatMap(zshFlag), `'--help[explains ${entry.name}]'`, zshOperand(entry)].join(' \\\n            ')}`,
      `          ;;`,
    ].join('\n'),
  );
  return `#compdef berkeley
# zsh completion for berkeley: berkeley completion zsh > "\${fpath[1]}/_berkeley"
_berkeley() {
  local curcontext="$curcontext" state line
  typeset -A opt_args
  _arguments -C '1: :->command' '*:: :->rest'
  case $state in
    command)
      local -a commands=(
${commands.map(({ name, summary }) => `        ${quoted(`${name}:${summary.replaceAll(':', '\\:')}`)}`).join('\n')}
      )
      _describe command commands
      ;;
    rest)
      case $words[1] in
${cases.join('\n')}
      esac
      ;;
  esac
}
# Sourced, it makes itself known; from fpath, it is called.
if [ "$funcstack[1]" = _berkeley ]; then _berkeley "$@"; else compdef _berkeley berkeley; fi
`;
}

function zshFlag({ name, short, value, multiple, choices, offers, words }: Flag): string[] {
  const text = `[${words.replaceAll(/[[\]:]/g, (sign) => `\\${sign}`)}]`;
  const action =
    offers === 'files'
      ? '_files'
      : offers === 'interfaces'
        ? '_net_interfaces'
        : choices
          ? `(${choices.join(' ')})`
          : '';
  const after = value === undefined ? '' : `:${value}:${action}`;
  const star = multiple === true ? '*' : '';
  return [`--${name}`, ...(short === undefined ? [] : [`-${short}`])].map((word) =>
    quoted(`${star}${word}${text}${after}`),
  );
}

function zshOperand({ operands, choices }: Entry): string {
  if (operands === '') return "'*: :'";
  if (choices !== undefined) return quoted(`1:${operands}:(${choices.join(' ')})`);
  return quoted(`*:${operands.replace(/[[\]]/g, '')}:${operands.includes('FILE') ? '_files' : '_hosts'}`);
}

function fish(commands: Table): string {
  const lines = [
    '# fish completion for berkeley: berkeley completion fish > ~/.config/fish/completions/berkeley.fish',
    'complete -c berkeley -f',
    "complete -c berkeley -n __fish_use_subcommand -l version -d 'the version'",
    "complete -c berkeley -l help -d 'explains'",
  ];
  for (const { name, summary, flags, choices } of commands) {
    lines.push(`complete -c berkeley -n __fish_use_subcommand -a ${name} -d ${quoted(summary)}`);
    const here = `complete -c berkeley -n '__fish_seen_subcommand_from ${name}'`;
    if (choices !== undefined) lines.push(`${here} -a '${choices.join(' ')}'`);
    for (const flag of flags) lines.push(`${here} ${fishFlag(flag)}`);
  }
  return `${lines.join('\n')}\n`;
}

function fishFlag({ name, short, value, choices, offers, words }: Flag): string {
  const parts = [`-l ${name}`, ...(short === undefined ? [] : [`-s ${short}`])];
  if (offers === 'files') parts.push('-r -F');
  else if (offers === 'interfaces') parts.push("-x -a '(command ls /sys/class/net)'");
  else if (value !== undefined) parts.push(choices === undefined ? '-x' : `-x -a '${choices.join(' ')}'`);
  return `${parts.join(' ')} -d ${quoted(words)}`;
}

function names({ name, short }: Flag): string[] {
  return [`--${name}`, ...(short === undefined ? [] : [`-${short}`])];
}

/** One word of a shell, whatever is in it. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
