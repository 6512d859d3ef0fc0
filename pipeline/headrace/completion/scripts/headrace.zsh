#compdef headrace
# Completion of headrace for zsh. To install it, once, into a folder that is in $fpath before compinit runs:
#   headrace completion zsh > ~/.zfunc/_headrace
# or, for this shell only, after compinit:
#   source <(headrace completion zsh)

_headrace() {
    local -a answer plain open shown_plain shown_open
    local line word help
    answer=("${(@f)$("${words[1]}" __complete zsh "${(@)words[1,CURRENT]}" 2>/dev/null)}")
    for line in "${(@)answer[2,-1]}"; do
        word="${line%%$'\t'*}" help="${line#*$'\t'}"
        [[ -n "$word" ]] || continue
        case "$word" in
            *[=.,]) open+=("$word"); shown_open+=("$word${help:+  -- $help}") ;;
            *) plain+=("$word"); shown_plain+=("$word${help:+  -- $help}") ;;
        esac
    done
    (( $#plain )) && compadd -Q -l -d shown_plain -a plain
    (( $#open )) && compadd -Q -S '' -l -d shown_open -a open
    [[ "$answer[1]" = (files|folders) ]] && compset -P '--*='
    case "$answer[1]" in
        files) _files ;;
        folders) _files -/ ;;
        -) ;;
        *) _files ;;
    esac
}
if [[ "$funcstack[1]" = _headrace ]]; then _headrace "$@"; else compdef _headrace headrace; fi
