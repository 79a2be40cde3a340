// A chunk of 64 KiB: its header, and its records one after the other. The format has no public specification of its
// own; names follow the libevtx documentation, "Windows XML Event Log (EVTX) format".
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "parsers/bytes/cursor.hpp"
#include "parsers/evtx/notice.hpp"

namespace rdpdx::evtx {

inline constexpr std::size_t kChunkSize = 65'536, kChunkHeaderSize = 512, kRecordHeaderSize = 24, kMinRecordSize = 28;

// Chunk header.
struct ChunkHeader {
    std::uint64_t firstEventRecordNumber{}, lastEventRecordNumber{}, firstEventRecordIdentifier{},
        lastEventRecordIdentifier{};
    std::uint32_t headerSize{}, lastEventRecordDataOffset{}, freeSpaceOffset{}, eventRecordsChecksum{}, flags{},
        checksum{};
};
bytes::Parsed<ChunkHeader> parse_chunk_header(bytes::Cursor& in);
inline constexpr std::uint32_t kFlagNoChecksums = 4;  // of a file header and of a chunk

bool has_chunk_magic(bytes::View at) noexcept;

// A chunk, or what is left of one, where it lies in memory.
struct Chunk {
    bytes::View bytes;       // at most kChunkSize, or a stretch of loose records
    std::uint64_t offset{};  // of its first byte in the file
    std::uint64_t number{};  // in the file, from 0
    bool carved{};           // found by searching: its records count as recovered
    bool loose{};            // no chunk: records that stand somewhere
    bool counted{};          // the file header says that it is in use
};

// A record's frame; its BinXML lies between header and size copy.
struct RawRecord {
    std::uint32_t at{}, size{};  // in the chunk
    std::uint64_t id{};          // event record identifier
    std::uint64_t written{};     // 100 ns since 1601
    bool recovered{};
    bool damaged{};  // its end was overwritten or cut off, so values may be missing
};

// Goes through the records of a chunk. Neither header counts nor checksums stop it: after a record that makes no sense
// it goes on at the next that does, and says so. Where a checksum vouches for what the header says about how far the
// chunk is used, all records up to there are the log's own, and those behind it that go on counting are too. Where none
// does, records are its own as far as they go on counting, and what is in doubt counts as recovered.
class RecordWalker {
public:
    // Notices are added as they come up; both must outlive the walker.
    RecordWalker(const Chunk& chunk, Recover recover, std::vector<Notice>& notices);
    bool next(RawRecord& record);

private:
    bool record_at(std::size_t at, RawRecord& record) const noexcept;
    bool damaged_at(std::size_t at, std::size_t end, RawRecord& record) const noexcept;
    std::optional<std::size_t> find_record(std::size_t from, std::size_t to) const noexcept;
    bool use(const RawRecord& record) noexcept;
    bool follows(const RawRecord& record, std::size_t gap) const noexcept;
    bool goes_on(const RawRecord& record) const noexcept;
    bool is_own(const RawRecord& record, std::size_t gap) const noexcept;
    bool doubt(RawRecord& record);
    bool in_order(RawRecord& record);
    bool after_gap(RawRecord& record);
    bool beyond_limit(RawRecord& record);
    bool in_slack(RawRecord& record);
    void check_header();
    bool check_sums();
    void judge_end();
    void note(std::size_t at, std::string text);

    Chunk chunk_;
    Recover recover_;
    std::vector<Notice>* notices_;
    ChunkHeader header_;
    std::size_t at_ = kChunkHeaderSize, limit_{};
    std::size_t used_{};  // where the used part of the chunk ends, if the header says so
    std::size_t gap_{};   // bytes before at_ that were no record
    std::uint64_t last_id_{}, id_before_{}, delivered_{};
    bool parsed_{};   // header_ is what stands there
    bool trusted_{};  // and a checksum vouches for used_, so limit_ is that
    bool slack_{}, lost_{}, beyond_{}, doubted_{};
};

}  // namespace rdpdx::evtx
