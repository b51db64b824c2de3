internal import ZhikeCommands

@main
struct Main {
    static func main() async { await ZhikeCommand.runToExit() }
}
