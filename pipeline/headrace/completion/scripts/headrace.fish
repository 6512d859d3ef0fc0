# Completion of headrace for fish. To install it, once:
#   headrace completion fish > ~/.config/fish/completions/headrace.fish
# or, for this shell only:
#   headrace completion fish | source

function __headrace_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l answer ($words[1] __complete fish $words "$current" 2>/dev/null)
    for line in $answer[2..-1]
        string length -q -- "$line"; and echo "$line"
    end
    switch "$answer[1]"
        case files
            __fish_complete_path "$current"
        case folders
            __fish_complete_directories "$current"
        case ''
            __fish_complete_path "$current"
    end
end
complete -c headrace -f -a '(__headrace_complete)'
