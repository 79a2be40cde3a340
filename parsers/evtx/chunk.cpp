#include "parsers/evtx/chunk.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "parsers/bytes/fixed.hpp"
#include "parsers/evtx/checksum.hpp"
#include "parsers/evtx/little.hpp"

namespace rdpdx::evtx {
namespace {

constexpr std::uint32_t kRecordSignature = 0x00002A2A;
constexpr std::string_view kChunkMagic{"ElfChnk\0", 8};

bool all_zero(bytes::View bytes) noexcept {
    return std::ranges::all_of(bytes, [](std::byte b) { return b == std::byte{}; });
}

bytes::Parsed<ChunkHeader> parse_after_signature(bytes::Cursor& in) {
    ChunkHeader h;
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

}  // namespace

bool has_chunk_magic(bytes::View at) noexcept {
    return bytes::text_of(at.first(std::min<std::size_t>(at.size(), 8))) == kChunkMagic;
}

bytes::Parsed<ChunkHeader> parse_chunk_header(bytes::Cursor& in) {
    const auto at = in.position();
    if (!has_chunk_magic(in.take(8, "signature"))) in.fail({bytes::Problem::bad_value, "signature", at, 0, 0});
    return parse_after_signature(in);
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
    if (const auto header = parse_chunk_header(in)) {
        header_ = *header;
        parsed_ = true;
    } else if (all_zero(chunk_.bytes)) {
        if (chunk_.counted) note(0, "a chunk that the file header counts holds only zeros");
        at_ = limit_;
    } else if (!find_record(kChunkHeaderSize, limit_)) {
        note(0, fmt::format("{} bytes where a chunk should be hold neither its signature nor a record", limit_));
        at_ = limit_;
    } else if (header.error().field == "signature") {
        note(0, "a chunk without the signature ElfChnk; what records it holds are read all the same");
        bytes::Cursor behind{chunk_.bytes.subspan(8), 8};
        const auto rest = parse_after_signature(behind);
        parsed_ = static_cast<bool>(rest);
        if (rest) header_ = *rest;
    } else {
        note(0, "a chunk header is cut off: " + bytes::describe(header.error()));
    }
    if (!parsed_) return;
    trusted_ = check_sums();
    if (!trusted_) return;
    limit_ = std::min<std::size_t>(used_, chunk_.bytes.size());
    if (chunk_.bytes.size() < used_)
        note(chunk_.bytes.size(), fmt::format("the chunk is cut off after {} bytes of {}", chunk_.bytes.size(), used_));
}

// Puts down how far the chunk is used, and says whether a checksum vouches for it.
bool RecordWalker::check_sums() {
    const bytes::View all = chunk_.bytes;
    const std::size_t free = header_.freeSpaceOffset;
    const bool possible = free >= kChunkHeaderSize && free <= kChunkSize;
    if (!possible) note(48, fmt::format("a chunk header with the impossible free space offset {}", free));
    if (possible) used_ = free;
    if ((header_.flags & kFlagNoChecksums) != 0 && has_chunk_magic(all)) return possible;
    // The signature is known, whether it is there or not.
    const auto head =
        crc32(all.subspan(128, kChunkHeaderSize - 128), crc32(all.subspan(8, 112), crc32(bytes::view_of(kChunkMagic))));
    const bool head_right = head == header_.checksum;
    if (!head_right && has_chunk_magic(all)) note(124, "the checksum of a chunk header does not match");
    const auto sums_up = [&](std::size_t used) {
        return used <= all.size() &&
               crc32(all.subspan(kChunkHeaderSize, used - kChunkHeaderSize)) == header_.eventRecordsChecksum;
    };
    const bool data_right = possible && sums_up(free);
    if (possible && free <= all.size() && !data_right) note(52, "the checksum of a chunk's records does not match");
    // The checksum of no bytes vouches for nothing.
    if ((head_right && possible) || (data_right && free > kChunkHeaderSize)) return true;
    // The same is told by where the last record is.
    RawRecord last;
    if (header_.lastEventRecordDataOffset < kChunkHeaderSize || !record_at(header_.lastEventRecordDataOffset, last))
        return false;
    used_ = std::size_t{last.at} + last.size;
    return sums_up(used_);
}

bool RecordWalker::record_at(std::size_t at, RawRecord& record) const noexcept {
    const bytes::View all = chunk_.bytes;
    const auto head = bytes::Fixed<kRecordHeaderSize>::of(all.subspan(std::min(at, all.size())));
    if (!head || head->u32le<0>() != kRecordSignature) return false;
    const std::uint32_t size = head->u32le<4>();
    if (size < kMinRecordSize || size > kChunkSize || size > all.size() - at || u32_at(all, at + size - 4) != size)
        return false;
    record = {static_cast<std::uint32_t>(at), size, head->u64le<8>(), head->u64le<16>(),
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
    // One identifier that was written over does not spoil the count.
    if (record.id > id_before_ && last_id_ > record.id) last_id_ = id_before_;
    id_before_ = last_id_;
    last_id_ = record.id;
    ++delivered_;
    return true;
}

// Whether a record goes on counting where the last one stopped, with `gap` bytes between them that may have been
// records, too.
bool RecordWalker::follows(const RawRecord& record, std::size_t gap) const noexcept {
    const auto after = [&](std::uint64_t id, std::uint64_t steps) { return record.id > id && record.id - id <= steps; };
    const std::uint64_t steps = 1 + gap / kMinRecordSize;
    return after(last_id_, steps) || (delivered_ > 1 && after(id_before_, steps + 1));
}

bool RecordWalker::goes_on(const RawRecord& record) const noexcept {
    RawRecord next;
    return record_at(std::size_t{record.at} + record.size, next) && follows(next, record.size);
}

// Whether a record is the log's own where no checksum says how far the chunk is used.
bool RecordWalker::is_own(const RawRecord& record, std::size_t gap) const noexcept {
    const std::uint64_t first = header_.firstEventRecordIdentifier, last = header_.lastEventRecordIdentifier;
    const bool has_range = parsed_ && first <= last && last - first <= kChunkSize / kMinRecordSize;
    if (has_range && record.id >= first && record.id <= last) return true;
    if (doubted_) return false;
    if (delivered_ == 0 || follows(record, gap)) return true;
    // Some leave numbers out: filtered logs, and chunks put together of two moments.
    if (record.id > last_id_ && (gap == 0 || record.at < used_)) return true;
    return gap == 0 && goes_on(record);  // its identifier was written over
}

// A record that may be the log's own or an older one: what counts up is given, with the mark of the recovered; what
// counts down is left to those who ask for it.
bool RecordWalker::doubt(RawRecord& record) {
    const bool later = record.id > last_id_;
    if (!doubted_ || !later)
        note(record.at, fmt::format("a chunk whose header cannot be relied on: what follows from record {} on is {}",
                                    record.id, later ? "given as recovered" : "taken for older records"));
    if (!later) {
        limit_ = at_ = record.at;
        return false;
    }
    doubted_ = true;
    record.recovered = true;
    return use(record);
}

// At something that is no whole record, in the used part of the chunk. True if it is half of one.
bool RecordWalker::after_gap(RawRecord& record) {
    const auto found = find_record(at_ + 1, limit_);
    const std::size_t upto = found.value_or(limit_);
    const bool damaged = damaged_at(at_, upto, record);
    note(at_, damaged ? fmt::format("record {} is not whole; the next one begins after {} bytes", record.id, upto - at_)
                      : fmt::format("{} bytes that are no record were skipped", upto - at_));
    lost_ = true;
    gap_ = upto - at_;
    at_ = upto;
    return damaged;
}

bool RecordWalker::in_order(RawRecord& record) {
    while (at_ < limit_) {
        if (record_at(at_, record)) {
            const std::size_t gap = std::exchange(gap_, 0);
            return trusted_ || is_own(record, gap) ? use(record) : doubt(record);
        }
        // Without a header that says where records end, they end at the first zeros.
        if (!trusted_ && all_zero(chunk_.bytes.subspan(at_))) break;
        if (after_gap(record)) return true;
    }
    if (!trusted_) return false;
    // The last record may be lost, or its identifier.
    const std::uint64_t last = header_.lastEventRecordIdentifier;
    if (!beyond_ && (delivered_ == 0 || last_id_ > last)) last_id_ = last;
    return beyond_limit(record);
}

// A log that was not closed may hold more records than the header of its last chunk knows.
bool RecordWalker::beyond_limit(RawRecord& record) {
    const auto told = [&] {
        if (!beyond_) note(48, "a chunk holds more records than its header says");
        beyond_ = true;
    };
    if (record_at(at_, record) && (follows(record, 0) || goes_on(record))) {
        told();
        return use(record);
    }
    const auto found = find_record(at_ + 1, chunk_.bytes.size());
    const std::size_t upto = found.value_or(chunk_.bytes.size());
    RawRecord next;
    const bool more = found && record_at(*found, next) && follows(next, upto - at_);
    // The one that was being written when the machine stopped, or one that was hit later.
    const bool damaged = damaged_at(at_, upto, record) && record.id == last_id_ + 1;
    if (!more && !damaged) return false;
    told();
    lost_ = true;
    if (!damaged) {
        note(at_, fmt::format("{} bytes that are no record were skipped", upto - at_));
        record = next;
        return use(record);
    }
    note(at_, fmt::format("record {} is not whole", record.id));
    at_ = more ? upto : at_ + record.size;
    last_id_ = record.id;
    return true;
}

bool RecordWalker::in_slack(RawRecord& record) {
    const auto found = find_record(at_, chunk_.bytes.size());
    if (!found || !record_at(*found, record)) return false;
    at_ = std::size_t{record.at} + record.size;
    return true;
}

void RecordWalker::judge_end() {
    if (!trusted_ || lost_ || chunk_.bytes.size() < used_) return;
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
