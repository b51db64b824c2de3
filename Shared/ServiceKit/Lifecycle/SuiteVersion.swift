/// The version that `Describe`, `--version` and `zhike doctor` tell.
public enum SuiteVersion {
    public static let current = "0.1.0"
}
