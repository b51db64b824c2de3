public import Testing

extension Tag {
    /// A suite that keeps the machine so busy that others would miss their bounds, or whose own bounds others would break.
    /// `deploy/test` looks for this tag, and runs the suite in a process of its own; its file is named like it.
    @Tag public static var alone: Self
}
