#include "parsers/evtx/chunk.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "parsers/evtx/checksum.hpp"
#include "parsers/evtx/little.hpp"

namespace rdpdx::evtx {
namespace {

constexpr std::uint32_t kRecordSignature = 0x00002A2A;
constexpr std::string_view kChunkMagic{"ElfChnk\0", 8};

bool all_zero(bytes::View bytes) noexcept {
    return std::ranges::all_of(bytes, [](std::byte b) { return b == std::byte{}; });
}

}  // namespace

bool has_chunk_magic(bytes::View at) noexcept {
    return bytes::text_of(at.first(std::min<std::size_t>(at.size(), 8))) == kChunkMagic;
}

bytes::Parsed<ChunkHeader> parse_chunk_header(bytes::Cursor& in) {
    ChunkHeader h;
    const auto at = in.position();
    if (!has_chunk_magic(in.take(8, "signature"))) in.fail({bytes::Problem::bad_value, "signature", at, 0, 0});
    h.firstEventRecordNumber = in.u64le("firstEventRecordNumber");
    h.lastEventRecordNumber = in.u64le("lastEventRecordNumber");
    h.firstEventRecordIdentifier = in.u64le("firstEventRecordIdentifier");
    h.lastEventRecordIdentifier = in.u64le("lastEventRecordIdentifier");
    h.headerSize = in.u32le("headerSize");
    h.lastEventRecordDataOffset = in.u32le("lastEventRecordDataOffset");
    h.freeSpaceOffset = in.u32le("freeSpaceOffset");
    h.eventRecordsChecksum = in.u32le("eventRecordsChecksum");
    in.skip(64, "unknown");
    h.flags = in.u32le("flags");
    h.checksum = in.u32le("checksum");
    in.skip(256, "common string offsets");
    in.skip(128, "template pointers");
    if (in.error()) return *in.error();
    return h;
}

RecordWalker::RecordWalker(const Chunk& chunk, Recover recover, std::vector<Notice>& notices)
    : chunk_{chunk}, recover_{recover}, notices_{&notices}, limit_{chunk.bytes.size()} {
    if (chunk.loose) {
        at_ = 0;
        slack_ = true;
    } else {
        check_header();
    }
}

void RecordWalker::note(std::size_t at, std::string text) {
    notices_->push_back({chunk_.offset + at, chunk_.number, std::move(text)});
}

void RecordWalker::check_header() {
    bytes::Cursor in{chunk_.bytes};
    const auto header = parse_chunk_header(in);
    if (!header) {
        if (all_zero(chunk_.bytes)) {
            if (chunk_.counted) note(0, "a chunk that the file header counts holds only zeros");
            at_ = limit_;
        } else if (!find_record(kChunkHeaderSize, limit_)) {
            note(0, fmt::format("{} bytes where a chunk should be hold neither its signature nor a record", limit_));
            at_ = limit_;
        } else if (header.error().field == "signature") {
            note(0, "a chunk without the signature ElfChnk; what records it holds are read all the same");
        } else {
            note(0, "a chunk header is cut off: " + bytes::describe(header.error()));
        }
        return;
    }
    header_ = *header;
    if (header_.freeSpaceOffset < kChunkHeaderSize || header_.freeSpaceOffset > kChunkSize) {
        note(48, fmt::format("a chunk header with the impossible free space offset {}", header_.freeSpaceOffset));
        return;
    }
    trusted_ = true;
    check_sums(header_);
    limit_ = std::min<std::size_t>(header_.freeSpaceOffset, chunk_.bytes.size());
    if (chunk_.bytes.size() < header_.freeSpaceOffset)
        note(chunk_.bytes.size(),
             fmt::format("the chunk is cut off after {} bytes of {}", chunk_.bytes.size(), header_.freeSpaceOffset));
}

void RecordWalker::check_sums(const ChunkHeader& header) {
    if ((header.flags & kFlagNoChecksums) != 0) return;
    const auto head = crc32(chunk_.bytes.subspan(128, kChunkHeaderSize - 128), crc32(chunk_.bytes.first(120)));
    if (head != header.checksum) note(124, "the checksum of a chunk header does not match");
    if (chunk_.bytes.size() < header.freeSpaceOffset) return;
    const auto data = crc32(chunk_.bytes.subspan(kChunkHeaderSize, header.freeSpaceOffset - kChunkHeaderSize));
    if (data != header.eventRecordsChecksum) note(52, "the checksum of a chunk's records does not match");
}

bool RecordWalker::record_at(std::size_t at, RawRecord& record) const noexcept {
    const bytes::View all = chunk_.bytes;
    if (u32_at(all, at) != kRecordSignature) return false;
    const std::uint32_t size = u32_at(all, at + 4);
    if (size < kMinRecordSize || size > kChunkSize || !fits(all, at, size) || u32_at(all, at + size - 4) != size)
        return false;
    record = {static_cast<std::uint32_t>(at), size, u64_at(all, at + 8), u64_at(all, at + 16),
              chunk_.carved || slack_,        false};
    return true;
}

// A head whose end is not where it should be. All that is known of its extent is where the next whole record begins.
bool RecordWalker::damaged_at(std::size_t at, std::size_t end, RawRecord& record) const noexcept {
    const bytes::View all = chunk_.bytes.first(end);
    const std::uint32_t size = u32_at(all, at + 4);
    if (u32_at(all, at) != kRecordSignature || size < kMinRecordSize || size > kChunkSize || end - at < kMinRecordSize)
        return false;
    const auto extent = static_cast<std::uint32_t>(std::min<std::size_t>(size, end - at));
    record = {static_cast<std::uint32_t>(at), extent, u64_at(all, at + 8), u64_at(all, at + 16), chunk_.carved, true};
    return true;
}

std::optional<std::size_t> RecordWalker::find_record(std::size_t from, std::size_t to) const noexcept {
    RawRecord record;
    const auto begin = chunk_.bytes.begin();
    for (std::size_t at = from; at < to; ++at) {
        const auto stop = begin + static_cast<std::ptrdiff_t>(to);
        const auto star = std::find(begin + static_cast<std::ptrdiff_t>(at), stop, std::byte{0x2A});
        if (star == stop) return {};
        at = static_cast<std::size_t>(star - begin);
        if (record_at(at, record)) return at;
    }
    return {};
}

bool RecordWalker::use(const RawRecord& record) noexcept {
    at_ = std::size_t{record.at} + record.size;
    last_id_ = record.id;
    ++delivered_;
    return true;
}

bool RecordWalker::in_order(RawRecord& record) {
    while (at_ < limit_) {
        if (record_at(at_, record)) return use(record);
        // Without a header that says where records end, they end at the first zeros.
        if (!trusted_ && all_zero(chunk_.bytes.subspan(at_))) break;
        const auto found = find_record(at_ + 1, limit_);
        const std::size_t upto = found.value_or(limit_);
        const bool damaged = damaged_at(at_, upto, record);
        note(at_, damaged
                      ? fmt::format("record {} is not whole; the next one begins after {} bytes", record.id, upto - at_)
                      : fmt::format("{} bytes that are no record were skipped", upto - at_));
        lost_ = true;
        at_ = upto;
        if (damaged) return true;
    }
    // A log that was not closed may hold more records than the header of its last chunk knows.
    if (trusted_ && at_ == limit_ + beyond_ && delivered_ > 0 && record_at(at_, record) && record.id == last_id_ + 1) {
        if (beyond_ == 0) note(48, "a chunk holds more records than its header says");
        beyond_ += record.size;
        return use(record);
    }
    return false;
}

bool RecordWalker::in_slack(RawRecord& record) {
    const auto found = find_record(at_, chunk_.bytes.size());
    if (!found || !record_at(*found, record)) return false;
    at_ = std::size_t{record.at} + record.size;
    return true;
}

void RecordWalker::judge_end() {
    if (!trusted_ || lost_ || chunk_.bytes.size() < header_.freeSpaceOffset) return;
    const std::uint64_t promised = header_.lastEventRecordNumber - header_.firstEventRecordNumber + 1;
    if (promised <= kChunkSize / kMinRecordSize && promised > delivered_ && !chunk_.carved)
        note(8, fmt::format("a chunk header promises {} records, {} were found", promised, delivered_));
}

bool RecordWalker::next(RawRecord& record) {
    if (!slack_) {
        if (in_order(record)) return true;
        judge_end();
        slack_ = true;
        if (recover_ == Recover::off) at_ = chunk_.bytes.size();
    }
    return in_slack(record);
}

}  // namespace rdpdx::evtx
