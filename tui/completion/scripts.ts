import type { Candidates } from './complete.ts';

export type Shell = 'bash' | 'zsh' | 'fish';

/** The line after the candidates that lets the shell add files of its own. */
const FILES = ':files';

/** What the scripts read: a candidate a line, with a tab before its description. */
export function candidateLines({ found, files }: Candidates): string {
  const lines = found.map(({ text, description }) => `${text}\t${description.replace(/\s+/g, ' ')}`);
  return [...lines, ...(files ? [FILES] : [])].map((line) => `${line}\n`).join('');
}

/** Each script asks `exp` itself, so that what is suggested is what this version takes. */
export const SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: `# Completion of exp for bash: eval "$(exp completion bash)"
_exp_complete() {
  local line current="\${COMP_WORDS[COMP_CWORD]}"
  COMPREPLY=()
  while IFS= read -r line; do
    if [ "$line" = '${FILES}' ]; then
      compopt -o filenames
      while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$current")
    else
      COMPREPLY+=("\${line%%$'\\t'*}")
    fi
  done < <("\${COMP_WORDS[0]}" completion bash -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  # After a folder the path goes on, after the name of a setting its value.
  case "\${COMPREPLY[0]}" in */ | *=) [ "\${#COMPREPLY[@]}" -eq 1 ] && compopt -o nospace ;; esac
  return 0
}
complete -F _exp_complete exp
`,
  zsh: `#compdef exp
# Completion of exp for zsh: eval "$(exp completion zsh)", after compinit.
_exp() {
  local line files=0
  local -a described unfinished
  for line in "\${(@f)$("\${words[1]}" completion zsh -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    case "$line" in
      '') ;;
      '${FILES}') files=1 ;;
      */$'\\t'* | *=$'\\t'*) unfinished+=("\${line%%$'\\t'*}") ;;
      *) described+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}") ;;
    esac
  done
  (( \${#described} )) && _describe 'exp' described
  (( \${#unfinished} )) && compadd -S '' -- "\${unfinished[@]}"
  (( files )) && _files
  return 0
}
compdef _exp exp
`,
  fish: `# Completion of exp for fish: exp completion fish | source
function __exp_complete
  set -l words (commandline -opc)
  set -l current (commandline -ct)
  for line in ($words[1] completion fish -- $words[2..-1] "$current" 2>/dev/null)
    if test "$line" = '${FILES}'
      __fish_complete_path "$current"
    else
      echo $line
    end
  end
end
complete -c exp -f -a '(__exp_complete)'
`,
};
