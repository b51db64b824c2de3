extension CampaignPlan {
    /// Bounds of a plan, so that no plan can overload the planner or the log consumer.
    package enum Limits {
        package static let waves = 50
        package static let triggers = 20
        package static let conditions = 20
        /// 400 days in microseconds.
        package static let windowMicroseconds: Int64 = 400 * 86_400 * 1_000_000
    }

    /// Refuses a plan that could not run as written, naming the first field at fault.
    package func check() throws(CampaignProblem) {
        try require(Names.isTitle(name, atMost: 100), "name", "Give the campaign a name of at most 100 characters.")
        try require(
            Names.isOfficePath(officePath), "office_path", "Write the office as /head/branch/outlet/ in small letters.")
        try require(
            Names.isCode(offerCode), "offer_code", "Name the offer by its code: lower case letters, digits, hyphens.")
        try require(
            Names.isOfConsent(purpose), "purpose",
            "Name the purpose of consent, at most 32 characters, for example marketing.")
        try require(snapshotID > 0, "snapshot_id", "Name the snapshot that holds the audience.")
        try require(
            (0..<10_000).contains(controlBasisPoints), "control_basis_points",
            "Hold from 0 to 9999 basis points of the audience; 2000 is 20 %.")
        try require(
            salt.isEmpty || Names.isTitle(salt, atMost: 100), "salt",
            "Leave the salt empty or give at most 100 characters.")
        try checkConversion()
        try require(
            !waves.isEmpty || !triggers.isEmpty, "waves", "Plan at least one wave or one trigger.")
        try checkWaves()
        try checkTriggers()
    }

    private func checkConversion() throws(CampaignProblem) {
        try require(
            Names.isDotted(conversionEventType), "conversion_event_type",
            "Name the event type that counts as a conversion.")
        try require(
            (1...Limits.windowMicroseconds).contains(conversionWindowMicroseconds), "conversion_window_micros",
            "Let a conversion count for more than nothing and at most 400 days.")
        try require(
            valueProperty.isEmpty || Names.isPlain(valueProperty), "value_property",
            "Name the property by lower case letters, digits and underscores, or leave it empty.")
        try require(
            currency.isEmpty ? valueProperty.isEmpty : Names.isCurrency(currency), "currency",
            "Name the currency of the values by three capital letters, for example CNY.")
    }

    private func checkWaves() throws(CampaignProblem) {
        try require(waves.count <= Limits.waves, "waves", "Plan at most \(Limits.waves) waves.")
        for (index, wave) in waves.enumerated() {
            try require(
                wave.number == Int32(index + 1), "waves[\(index)].number", "Number the waves 1, 2, 3 in their order.")
            try require(
                Names.isOfConsent(wave.channel), "waves[\(index)].channel",
                "Name the channel of the wave, at most 32 characters, for example sms.")
            guard index > 0, let before = waves[index - 1].startsAt else { continue }
            // They run one after another, so one without a time would wait for a time all the same.
            try require(
                wave.startsAt.map { $0 >= before } ?? false, "waves[\(index)].starts_at_micros",
                "Say when the wave starts, no earlier than the one before.")
        }
    }

    private func checkTriggers() throws(CampaignProblem) {
        try require(triggers.count <= Limits.triggers, "triggers", "Plan at most \(Limits.triggers) triggers.")
        for (index, trigger) in triggers.enumerated() {
            let path = "triggers[\(index)]"
            try require(
                Names.isDotted(trigger.eventType), "\(path).event_type", "Name the event type that triggers.")
            try require(
                Names.isOfConsent(trigger.channel), "\(path).channel",
                "Name the channel of the trigger, at most 32 characters, for example push.")
            try require(
                trigger.conditions.count <= Limits.conditions, "\(path).conditions",
                "Give at most \(Limits.conditions) conditions.")
            for (place, condition) in trigger.conditions.enumerated() {
                try condition.check(at: "plan.\(path).conditions[\(place)]")
            }
        }
    }

    private func require(_ holds: Bool, _ field: String, _ reason: String) throws(CampaignProblem) {
        guard holds else { throw CampaignProblem(.invalid, field: "plan.\(field)", reason) }
    }
}
