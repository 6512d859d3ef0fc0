# Completion of headrace for bash 4 or later. To install it, once:
#   headrace completion bash > ~/.local/share/bash-completion/completions/headrace
# or, for this shell only:
#   source <(headrace completion bash)

_headrace_complete() {
    local line="${COMP_LINE:0:COMP_POINT}" action word current
    local -a answer=()
    mapfile -t answer < <("${COMP_WORDS[0]}" __complete bash "$COMP_WORDBREAKS" "$line" 2>/dev/null)
    action="${answer[0]}"
    COMPREPLY=()
    for word in "${answer[@]:1}"; do
        COMPREPLY+=("${word%%$'\t'*}")
    done
    current="${line##*[[:space:]=]}"
    case "$action" in
        files) compopt -o filenames 2>/dev/null; mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$current") ;;
        folders) compopt -o filenames 2>/dev/null; mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -d -- "$current") ;;
        *) [[ ${#answer[@]} -eq 0 ]] && { compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$current"); } ;;
    esac
    for word in "${COMPREPLY[@]}"; do
        case "$word" in *[=.,]) compopt -o nospace 2>/dev/null; break ;; esac
    done
    return 0
}
complete -F _headrace_complete headrace
