public import CProtobufC

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Bump memory for the C form of one message at a time.
///
/// Every thread keeps one arena and uses it again; nothing in it outlives the call that took it, and it is never held
/// across an `await`. Freeing a single block does nothing; `reset` gives everything back at once.
@usableFromInline
struct ProtobufArena {
    /// What a thread keeps at most between two messages.
    static let retainedByteLimit = 1 << 20
    /// The first block of a thread, enough for nearly every message.
    static let firstBlockByteCount = 64 << 10
    /// Bytes before each block given to protobuf-c that hold the size it asked for.
    @usableFromInline static let headerByteCount = Int(ZHIKE_BLOCK_HEADER)

    /// What is handed out next. First, because protobuf-c knows the arena by its address.
    @usableFromInline var bump: zhike_bump
    private var block: UnsafeMutableRawPointer
    private var blockByteCount: Int
    /// Blocks that became too small while this message was worked on.
    private var fullBlocks: [UnsafeMutableRawPointer] = []

    init() {
        blockByteCount = Self.firstBlockByteCount
        block = .allocate(byteCount: blockByteCount, alignment: 16)
        bump = zhike_bump()
        bump.grow = { bump, needed in
            guard let bump else { return }
            UnsafeMutableRawPointer(bump).assumingMemoryBound(to: ProtobufArena.self).pointee.grow(needed)
        }
        bump.remaining = .max
        useBlock()
    }

    private mutating func useBlock() {
        bump.next = block.assumingMemoryBound(to: UInt8.self)
        bump.end = bump.next + blockByteCount
    }

    /// What protobuf-c may still take.
    var remainingByteCount: Int {
        get { Int(bump.remaining) }
        set { bump.remaining = Int64(newValue) }
    }

    /// Whether a request was refused because the caller's limit was reached.
    var isExhausted: Bool { bump.is_exhausted }

    /// Frees the blocks; the arena must not be used afterwards.
    mutating func destroy() {
        for block in fullBlocks { block.deallocate() }
        block.deallocate()
    }

    /// Makes all memory free again and gives back what exceeds `retainedByteLimit`.
    @usableFromInline
    mutating func reset() {
        bump.remaining = .max
        bump.is_exhausted = false
        if !fullBlocks.isEmpty { dropFullBlocks() }
        bump.next = block.assumingMemoryBound(to: UInt8.self)
    }

    private mutating func dropFullBlocks() {
        for block in fullBlocks { block.deallocate() }
        fullBlocks.removeAll()
        guard blockByteCount > Self.retainedByteLimit else { return }
        block.deallocate()
        blockByteCount = Self.retainedByteLimit
        block = .allocate(byteCount: blockByteCount, alignment: 16)
        useBlock()
    }

    /// Memory aligned to 8 bytes, enough for every C structure of protobuf-c; its content is undefined.
    @inlinable
    mutating func allocate(byteCount: Int) -> UnsafeMutableRawPointer {
        #if ZHIKE_SEPARATE_BLOCKS
            // For deploy/fuzz: AddressSanitizer sees the end of a block only where each is an allocation of its own.
            return allocateSeparately(byteCount: byteCount)
        #else
            return zhike_bump_take(&bump, byteCount)
        #endif
    }

    #if ZHIKE_SEPARATE_BLOCKS
        @usableFromInline
        mutating func allocateSeparately(byteCount: Int) -> UnsafeMutableRawPointer {
            let start = UnsafeMutableRawPointer.allocate(byteCount: max(byteCount, 1), alignment: 8)
            fullBlocks.append(start)
            return start
        }
    #endif

    private mutating func grow(_ needed: Int) {
        fullBlocks.append(block)
        blockByteCount = max(blockByteCount * 2, needed)
        block = .allocate(byteCount: blockByteCount, alignment: 16)
        useBlock()
    }
}

extension ProtobufArena {
    /// The arena that the current thread keeps, made on first use and freed when the thread ends.
    private static let threadKey: pthread_key_t = {
        var key = pthread_key_t()
        let status = pthread_key_create(&key) { pointer in
            #if canImport(Glibc)
                guard let pointer else { return }
            #endif
            ProtobufArena.free(pointer.assumingMemoryBound(to: ProtobufArena.self))
        }
        precondition(status == 0, "no thread-specific key is left for protobuf memory")
        return key
    }()

    /// Takes the thread's arena; a call within a call gets one of its own.
    @usableFromInline
    static func take() -> UnsafeMutablePointer<ProtobufArena> {
        if let kept = pthread_getspecific(threadKey) {
            pthread_setspecific(threadKey, nil)
            return kept.assumingMemoryBound(to: ProtobufArena.self)
        }
        let arena = UnsafeMutablePointer<ProtobufArena>.allocate(capacity: 1)
        precondition(MemoryLayout<ProtobufArena>.offset(of: \.bump) == 0)
        arena.initialize(to: ProtobufArena())
        return arena
    }

    /// Gives an arena back to the thread that took it.
    @usableFromInline
    static func give(back arena: UnsafeMutablePointer<ProtobufArena>) {
        arena.pointee.reset()
        if pthread_getspecific(threadKey) == nil {
            pthread_setspecific(threadKey, arena)
        } else {
            free(arena)
        }
    }

    private static func free(_ arena: UnsafeMutablePointer<ProtobufArena>) {
        arena.pointee.destroy()
        arena.deinitialize(count: 1)
        arena.deallocate()
    }
}

extension ProtobufCAllocator {
    /// Takes memory from `arena`, which must outlive every message made by it.
    init(borrowing arena: UnsafeMutablePointer<ProtobufArena>) {
        #if ZHIKE_SEPARATE_BLOCKS
            self.init(
                alloc: { data, byteCount in
                    guard let arena = data?.assumingMemoryBound(to: ProtobufArena.self) else { return nil }
                    let header = ProtobufArena.headerByteCount
                    guard byteCount <= arena.pointee.remainingByteCount - header - 7 else {
                        arena.pointee.bump.is_exhausted = true
                        return nil
                    }
                    let start = arena.pointee.allocateSeparately(byteCount: byteCount + header)
                    arena.pointee.remainingByteCount -= (byteCount + header + 7) & ~7
                    start.storeBytes(of: byteCount, as: Int.self)
                    return start + header
                },
                free: zhike_bump_free, allocator_data: arena)
        #else
            self.init(alloc: zhike_bump_alloc, free: zhike_bump_free, allocator_data: arena)
        #endif
    }
}
