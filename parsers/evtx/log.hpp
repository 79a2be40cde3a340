// A log file: its header, and its chunks in the order of the file, a batch at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "parsers/bytes/source.hpp"
#include "parsers/evtx/chunk.hpp"
#include "parsers/evtx/notice.hpp"

namespace rdpdx::evtx {

inline constexpr std::size_t kFileHeaderSize = 128, kFileHeaderBlock = 4096;

// File header. Its counts are what the writer knew last and are not relied on.
struct FileHeader {
    std::uint64_t firstChunkNumber{}, lastChunkNumber{}, nextRecordIdentifier{};
    std::uint32_t headerSize{};
    std::uint16_t minorVersion{}, majorVersion{}, headerBlockSize{}, numberOfChunks{};
    std::uint32_t flags{}, checksum{};
    bool dirty() const noexcept { return (flags & 1) != 0; }  // not closed properly
    bool full() const noexcept { return (flags & 2) != 0; }   // events were dropped because it was full
};
bytes::Parsed<FileHeader> parse_file_header(bytes::Cursor& in);
// What the flags say, as sentences: facts about the log, not damage.
std::vector<std::string> notes_of(const FileHeader& header);

// By the signature of the file, or of the first chunk where the file's was written over.
bool is_evtx(bytes::View head) noexcept;
// A log of Windows before Vista (.evt, signature LfLe), which is another format. `wevtutil epl OLD.evt NEW.evtx
// /lf:true` converts it.
bool is_legacy_evt(bytes::View head) noexcept;

// Memory for a few chunks, and the chunks in it. Whoever works on chunks side by side keeps one batch a job.
class Batch {
public:
    Batch();
    std::span<const Chunk> chunks() const noexcept { return chunks_; }
    static constexpr std::size_t kBytes = std::size_t{1} << 20;

private:
    friend class LogReader;
    // At a page's boundary: reading into it is several times as fast then.
    struct Free {
        void operator()(std::byte* p) const noexcept;
    };
    std::unique_ptr<std::byte[], Free> memory_;
    std::vector<Chunk> chunks_;
};

class LogReader {
public:
    // With Recover::carve the source may be anything: chunks and loose records are looked for at every offset, and what
    // stands where a log would have it counts as the log's own.
    LogReader(bytes::Source& source, Recover recover);

    // Fills `batch` anew. False at the end.
    bool next(Batch& batch);

    const std::optional<FileHeader>& header() const noexcept { return header_; }
    std::uint64_t size() const noexcept { return offset_; }  // bytes read so far
    // About the file's header and its end, since the last call.
    std::vector<Notice> take_notices();

private:
    void read_header(Batch& batch);
    void judge_end();
    bool next_regular(Batch& batch);
    bool next_carved(Batch& batch);
    std::size_t carve(Batch& batch, std::size_t size, bool last);
    void loose(Batch& batch, std::size_t begin, std::size_t end);
    std::size_t fill(Batch& batch, std::size_t from);

    bytes::Source* source_;
    Recover recover_;
    std::optional<FileHeader> header_;
    bool begun_{}, ended_{};
    std::uint64_t offset_{}, chunk_{};
    std::vector<std::byte> carried_;  // carving: what the next batch begins with
    std::vector<Notice> notices_;
};

}  // namespace rdpdx::evtx
