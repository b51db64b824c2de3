private import Foundation

/// The language of the person at the terminal: Chinese where the locale says so, else English.
enum Language: Sendable {
    case english
    case chinese

    static let current: Language = {
        let environment = ProcessInfo.processInfo.environment
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
        return locale?.hasPrefix("zh") == true ? .chinese : .english
    }()
}

/// The sentence in the person's language.
func localized(_ english: String, _ chinese: String) -> String {
    switch Language.current {
    case .english: english
    case .chinese: chinese
    }
}
