import type { Command } from 'commander';
import { Exit } from '../terminal/terminal.ts';
import type { ExitCode, Terminal } from '../terminal/terminal.ts';

type Shell = 'bash' | 'zsh' | 'fish';

/** A script that completes commands and their options; made from the same definitions as the help. */
export function completion(shell: Shell, program: Command, terminal: Terminal): ExitCode {
  const commands = program.commands.map((command) => ({
    name: command.name(),
    about: command.description(),
    options: command.options.map((option) => ({
      flag: option.long ?? option.short ?? '',
      about: option.description,
    })),
  }));
  terminal.out({ bash, zsh, fish }[shell](commands));
  return Exit.fine;
}

interface Described {
  name: string;
  about: string;
  options: { flag: string; about: string }[];
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

function bash(commands: Described[]): string {
  const cases = commands
    .map(({ name, options }) => `    ${name}) words="${options.map((o) => o.flag).join(' ')} --help" ;;`)
    .join('\n');
  return `# pollux completion bash >> ~/.bashrc
_pollux() {
  local current="\${COMP_WORDS[COMP_CWORD]}" words
  case "\${COMP_WORDS[1]}" in
${cases}
    *) words="" ;;
  esac
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${commands.map((c) => c.name).join(' ')}" -- "$current"))
  elif [[ "$current" == -* ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$current"))
  else
    COMPREPLY=($(compgen -f -- "$current"))
  fi
}
complete -o filenames -F _pollux pollux
`;
}

function zsh(commands: Described[]): string {
  const list = commands.map(({ name, about }) => `    ${quoted(`${name}:${about}`)}`).join('\n');
  const cases = commands
    .map(({ name, options }) => {
      const described = options
        .map((o) => quoted(`${o.flag}[${o.about.replaceAll(/[[\]]/g, '')}]`))
        .join(' ');
      return `    ${name}) _arguments ${described} '*:file:_files' ;;`;
    })
    .join('\n');
  return `#compdef pollux
# pollux completion zsh > "\${fpath[1]}/_pollux"
_pollux() {
  local -a commands=(
${list}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  case "\${words[2]}" in
${cases}
  esac
}
compdef _pollux pollux
`;
}

function fish(commands: Described[]): string {
  const lines = commands.flatMap(({ name, about, options }) => [
    `complete -c pollux -n __fish_use_subcommand -f -a ${name} -d ${quoted(about)}`,
    ...options.map(
      (o) =>
        `complete -c pollux -n '__fish_seen_subcommand_from ${name}' -l ${o.flag.replace(/^--/, '')} -d ${quoted(o.about)}`,
    ),
  ]);
  return `# pollux completion fish > ~/.config/fish/completions/pollux.fish\n${lines.join('\n')}\n`;
}
