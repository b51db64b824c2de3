/// A second line of defence: what has the form of a phone number or of a certificate is masked before it is written.
///
/// The first line is that nothing of a customer is passed to a log or an error at all.
public enum PersonalData {
    /// Masks whole words of 11 digits that begin with 1 (a mobile number), and of 15 or 17 digits and a check
    /// character (GB 11643 certificates), with or without the country code before a phone number.
    public static func masked(_ text: String) -> String {
        guard text.utf8.count >= 11 else { return text }
        var result: [UInt8] = []
        var word: [UInt8] = []
        var changed = false
        func endWord() {
            if isSensitive(word) {
                changed = true
                result += Array("<masked>".utf8)
            } else {
                result += word
            }
            word.removeAll(keepingCapacity: true)
        }
        for byte in text.utf8 {
            if isLetterOrDigit(byte) {
                word.append(byte)
            } else {
                endWord()
                result.append(byte)
            }
        }
        endWord()
        return changed ? String(decoding: result, as: UTF8.self) : text
    }

    private static func isSensitive(_ word: [UInt8]) -> Bool {
        switch word.count {
        case 11: word[0] == UInt8(ascii: "1") && word[1] >= UInt8(ascii: "3") && word.allSatisfy(isDigit)
        case 13: word.starts(with: "861".utf8) && word.allSatisfy(isDigit)
        case 15: word[0] != UInt8(ascii: "0") && word.allSatisfy(isDigit)
        case 18: word.dropLast().allSatisfy(isDigit) && (isDigit(word[17]) || "Xx".utf8.contains(word[17]))
        default: false
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    /// Bytes above ASCII (Chinese text) end a word.
    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}
