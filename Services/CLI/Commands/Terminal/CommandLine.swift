internal import ArgumentParser
internal import EmbeddedPostgres
internal import Foundation
internal import RPC

extension ZhikeCommand {
    /// Reads the command line, runs the command and ends the process: 0 done, 1 failed, 64 wrongly asked.
    ///
    /// The parser's own words are put into the person's language here.
    public static func runToExit() async -> Never {
        var command: any ParsableCommand
        do {
            command = try parseAsRoot()
        } catch {
            let text = HelpText.localized(fullMessage(for: error))
            let code = exitCode(for: error)
            if !text.isEmpty { code.isSuccess ? Terminal.shared.result(text) : Terminal.shared.say(text) }
            exit(code)
        }
        do {
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            exit(ExitCode.success)
        } catch let code as ExitCode {
            exit(code)
        } catch  where exitCode(for: error).isSuccess {
            // Help and version come as errors that are none.
            Terminal.shared.result(HelpText.localized(fullMessage(for: error)))
            exit(ExitCode.success)
        } catch {
            Terminal.shared.say(localized("Error: ", "错误：") + HelpText.sentence(error))
            exit(error is ValidationError ? ExitCode.validationFailure : ExitCode.failure)
        }
    }

    private static func exit(_ code: ExitCode) -> Never { Foundation.exit(code.rawValue) }
}

/// The words of the argument parser in the person's language.
enum HelpText {
    private static let chinese: [(english: String, chinese: String)] = [
        ("OVERVIEW: ", "简介："), ("USAGE: ", "用法："), ("ARGUMENTS:", "参数："), ("OPTIONS:", "选项："),
        ("SUBCOMMANDS:", "子命令："), ("CONNECTION OPTIONS:", "连接："), ("Show help information.", "显示帮助。"),
        ("Show the version.", "显示版本。"),
        ("(default: ", "（缺省："), ("Error: ", "错误："), ("Usage: ", "用法："), ("Help:  ", "说明："),
    ]

    static func localized(_ text: String) -> String {
        guard Language.current == .chinese else { return text }
        return inChinese(text)
    }

    static func inChinese(_ text: String) -> String {
        var text = text
        for (english, chinese) in chinese { text = text.replacing(english, with: chinese) }
        text = text.replacing(#/（缺省：([^)]*)\)/#) { "（缺省：\($0.output.1)）" }
        text = text.replacing(#/See '([^']+)' for detailed help\./#) { "详见 \($0.output.1)。" }
        text = text.replacing(#/See '([^']+)' for more information\./#) { "详见 \($0.output.1)。" }
        text = text.replacing(#/Missing expected argument '([^\n]+)'/#) { "缺少参数 \($0.output.1)" }
        text = text.replacing(#/Missing value for '([^\n]+)'/#) { "\($0.output.1) 缺少取值" }
        text = text.replacing(#/Unknown option '([^']+)'(?:\. Did you mean '([^']+)'\?)?/#) {
            "没有选项 \($0.output.1)" + ($0.output.2.map { "，是否指 \($0)？" } ?? "")
        }
        text = text.replacing(#/Unexpected argument '([^']+)'/#) { "多余的参数 \($0.output.1)" }
        text = text.replacing(#/The value '([^']*)' is invalid for '([^\n]+?)'(?:: |\. )/#) {
            "\($0.output.2) 的取值 \($0.output.1) 无效："
        }
        return text.replacing(#/Please provide one of ([^\n]+)\./#) { "可用的有 \($0.output.1)。" }
    }

    /// What kind of error it is, before a sentence that the suite services have in English alone.
    private static func lead(_ code: RPCError.Code) -> String {
        switch code {
        case .permissionDenied, .unauthenticated: "无权限："
        case .notFound: "未找到："
        case .invalidArgument, .outOfRange: "输入有误："
        case .failedPrecondition: "当前状态不允许："
        case .aborted, .alreadyExists: "与他人的修改冲突："
        case .deadlineExceeded: "超时："
        case .unavailable, .resourceExhausted: "系统暂不可用："
        default: "系统错误："
        }
    }

    /// Without the type's name or a code around it.
    static func sentence(_ error: any Error) -> String {
        if let error = error as? RPCError {
            return (Language.current == .chinese ? lead(error.code) : "") + error.message
        }
        if let error = error as? EmbeddedPostgresError {
            return (Language.current == .chinese ? "自带的 Postgres 出错：" : "") + error.message
        }
        if let error = error as? ValidationError { return error.message }
        if error is CocoaError || error is POSIXError { return error.localizedDescription }
        return "\(error)"
    }
}
