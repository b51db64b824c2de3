/// Chinese names for customers who do not exist.
enum Names {
    /// Frequent family names with rough shares in per mille, as the yearly reports of the Ministry of Public Security rank them.
    static let families: [(String, Double)] = [
        ("王", 72), ("李", 72), ("张", 68), ("刘", 54), ("陈", 46), ("杨", 31), ("黄", 24), ("赵", 23), ("吴", 21), ("周", 20),
        ("徐", 17), ("孙", 16), ("马", 14), ("朱", 13), ("胡", 12), ("郭", 12), ("何", 11), ("林", 11), ("高", 10), ("罗", 9),
        ("郑", 9), ("梁", 9), ("谢", 8), ("宋", 8), ("唐", 7), ("许", 7), ("韩", 7), ("邓", 6), ("冯", 6), ("曹", 6), ("欧阳", 1),
    ]
    static let women = ["芳", "娜", "敏", "静", "秀英", "丽", "艳", "娟", "霞", "秀兰", "婷", "雪", "玲", "欣怡", "梓涵", "雨桐", "佳琪"]
    static let men = ["伟", "强", "磊", "军", "洋", "勇", "杰", "涛", "超", "明", "刚", "平", "辉", "浩然", "子轩", "宇航", "建国"]

    static func full(isWoman: Bool, _ random: inout SplitMix64) -> String {
        random.pick(weighted: families) + random.pick(isWoman ? women : men)
    }
}
