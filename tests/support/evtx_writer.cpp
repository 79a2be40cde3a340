#include "tests/support/evtx_writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "tests/support/evtx_chunk.hpp"

namespace rdpdx::test::evtx {
namespace {

constexpr std::string_view kEventNamespace = "http://schemas.microsoft.com/win/2004/08/events/event";

// The slots of the frame, numbered as Windows numbers them.
enum FrameSlot : std::uint16_t {
    kLevel,
    kOpcode,
    kTask,
    kEventId,
    kQualifiers,
    kKeywords,
    kTimeCreated,
    kActivityId,
    kProcessId,
    kThreadId,
    kRecordId,
    kVersion,
    kUserId,
    kRelatedActivityId,
    kProviderName,
    kProviderGuid,
    kChannel,
};
static_assert(kChannel + 1 == kPayloadSlot);

Slot optional_slot(std::uint16_t id, Type type) { return {id, static_cast<std::uint8_t>(type), true}; }

// An element that holds one value and is there only with it.
Element single(std::string name, std::uint16_t id, Type type) {
    return {std::move(name), {}, {optional_slot(id, type)}, {}, id};
}

Element system_element(const std::string& computer) {
    Element event_id = single("EventID", kEventId, Type::uint16);
    event_id.attributes = {{"Qualifiers", optional_slot(kQualifiers, Type::uint16)}};
    return {"System",
            {},
            {},
            {{"Provider",
              {{"Name", optional_slot(kProviderName, Type::unicode_string)},
               {"Guid", optional_slot(kProviderGuid, Type::guid)}},
              {},
              {}},
             event_id,
             single("Version", kVersion, Type::uint8),
             single("Level", kLevel, Type::uint8),
             single("Task", kTask, Type::uint16),
             single("Opcode", kOpcode, Type::uint8),
             single("Keywords", kKeywords, Type::hex_int64),
             {"TimeCreated", {{"SystemTime", optional_slot(kTimeCreated, Type::filetime)}}, {}, {}},
             single("EventRecordID", kRecordId, Type::uint64),
             {"Correlation",
              {{"ActivityID", optional_slot(kActivityId, Type::guid)},
               {"RelatedActivityID", optional_slot(kRelatedActivityId, Type::guid)}},
              {},
              {}},
             {"Execution",
              {{"ProcessID", optional_slot(kProcessId, Type::uint32)},
               {"ThreadID", optional_slot(kThreadId, Type::uint32)}},
              {},
              {}},
             single("Channel", kChannel, Type::unicode_string),
             {"Computer", {}, {computer}, {}},
             {"Security", {{"UserID", optional_slot(kUserId, Type::sid)}}, {}, {}}}};
}

// EventData stands in the payload; of UserData only what it holds does.
Element frame_shape(const LogEvent& event) {
    Element out{"Event", {{"xmlns", std::string{kEventNamespace}}}, {}, {system_element(event.computer)}};
    const Slot payload = optional_slot(kPayloadSlot, Type::bin_xml);
    if (event.user_data) {
        out.children.push_back({"UserData", {}, {payload}, {}, kPayloadSlot});
    } else {
        out.children.push_back({"", {}, {payload}, {}});
        out.depends_on = kPayloadSlot;
    }
    return out;
}

// Sources without a GUID are classic ones, whose events have neither version nor opcode nor process.
template <class T>
Value unless_classic(const LogEvent& event, T value) {
    return event.provider_guid.empty() && value == 0 ? null() : number(value);
}

std::vector<Value> frame_values(const LogEvent& event, std::uint64_t record) {
    std::vector<Value> out(kPayloadSlot);
    out[kLevel] = number(event.level);
    out[kOpcode] = unless_classic(event, event.opcode);
    out[kTask] = number(event.task);
    out[kEventId] = number(event.id);
    if (event.qualifiers) out[kQualifiers] = number(*event.qualifiers);
    out[kKeywords] = hex_int64(event.keywords);
    out[kTimeCreated] = filetime(event.time);
    out[kActivityId] = guid(event.activity_id);
    out[kProcessId] = unless_classic(event, event.process);
    out[kThreadId] = unless_classic(event, event.thread);
    out[kRecordId] = number(record);
    out[kVersion] = unless_classic(event, event.version);
    out[kUserId] = sid(event.user_sid);
    out[kRelatedActivityId] = guid(event.related_activity_id);
    out[kProviderName] = unicode_string(event.provider);
    out[kProviderGuid] = guid(event.provider_guid);
    out[kChannel] = unicode_string(event.channel);
    return out;
}

Element event_data(const LogEvent& event) {
    Element out{"EventData", {}, {}, {}};
    for (const Data& data : event.data) {
        Element child{"Data", {}, {data.value}, {}};
        if (!data.name.empty()) child.attributes.push_back({"Name", data.name});
        out.children.push_back(std::move(child));
    }
    if (event.binary) out.children.push_back({"Binary", {}, {binary(*event.binary)}, {}});
    return out;
}

Record record_of(const LogEvent& event, std::uint64_t id) {
    return {id,
            filetime_ticks(event.time),
            {frame_shape(event), frame_values(event, id)},
            separate(event.user_data ? *event.user_data : event_data(event))};
}

std::vector<Chunk> chunks_of(const std::vector<LogEvent>& events, const WriteOptions& options, std::uint64_t& next_id) {
    std::vector<Chunk> out(1);
    for (const LogEvent& event : events) {
        const std::uint64_t id = event.record.value_or(next_id);
        next_id = id + 1;
        const Record record = record_of(event, id);
        const bool full = options.records_per_chunk > 0 && out.back().records() >= options.records_per_chunk;
        if (!full && out.back().add(record, options.templates)) continue;
        out.emplace_back();
        if (!out.back().add(record, options.templates))
            throw std::length_error{fmt::format("event {} does not fit into a chunk", id)};
    }
    return out;
}

Bytes with(Bytes log, std::size_t at, const Bytes& change) {
    std::ranges::copy(change, log.begin() + static_cast<std::ptrdiff_t>(at));
    return log;
}
Bytes with_header_checksum(Bytes log) {
    const auto checksum = le(4, crc32(bytes::View{log}.first(0x78)));
    return with(std::move(log), 0x7C, checksum);
}

std::size_t chunk_offset(std::size_t chunk) { return kFileHeaderSize + chunk * kChunkSize; }

Bytes flip(Bytes log, std::size_t at) {
    log.at(at) ^= std::byte{0xFF};
    return log;
}

}  // namespace

Bytes write_log(const std::vector<LogEvent>& events, const WriteOptions& options) {
    std::uint64_t next_id = 1;
    const std::vector<Chunk> chunks = chunks_of(events, options, next_id);
    // Stale records are those that the log does not know of any more.
    next_id -= std::min<std::uint64_t>(options.stale_records, chunks.back().records());
    Bytes header = join({text("ElfFile"), be(1, 0), le(8, 0), le(8, chunks.size() - 1), le(8, next_id), le(4, 0x80),
                         le(2, 1), le(2, 3), le(2, kFileHeaderSize), le(2, chunks.size())});
    header.resize(kFileHeaderSize);
    Bytes out = with_header_checksum(std::move(header));
    out.reserve(kFileHeaderSize + chunks.size() * kChunkSize);
    std::uint64_t number = 1;
    for (const Chunk& chunk : chunks) {
        const Bytes finished = chunk.finish(number, &chunk == &chunks.back() ? options.stale_records : 0);
        out.insert(out.end(), finished.begin(), finished.end());
        number += chunk.records();
    }
    return out;
}

std::size_t chunks_in(const Bytes& log) { return (log.size() - kFileHeaderSize + kChunkSize - 1) / kChunkSize; }

Bytes mark_dirty(Bytes log, std::uint16_t chunks) {
    log = with(std::move(log), 0x10, join({le(8, chunks ? chunks - 1U : 0U), le(8, 1)}));
    return set_chunk_count(with(std::move(log), 0x78, le(4, 1)), chunks);
}

Bytes set_chunk_count(Bytes log, std::uint16_t chunks) {
    return with_header_checksum(with(std::move(log), 0x2A, le(2, chunks)));
}

Bytes break_header_checksum(Bytes log, std::size_t chunk) { return flip(std::move(log), chunk_offset(chunk) + 0x7C); }
Bytes break_records_checksum(Bytes log, std::size_t chunk) {
    const std::size_t at = chunk_offset(chunk);
    Bytes changed = flip(std::move(log), at + 0x34);
    // The records' checksum is itself under the header's.
    const bytes::View header = bytes::View{changed}.subspan(at, kChunkHeaderSize);
    const auto checksum = le(4, crc32(header.subspan(0x80), crc32(header.first(0x78))));
    return with(std::move(changed), at + 0x7C, checksum);
}
Bytes break_chunk_magic(Bytes log, std::size_t chunk) { return flip(std::move(log), chunk_offset(chunk)); }

Bytes cut_last_chunk(Bytes log, std::size_t keep) {
    log.resize(chunk_offset(chunks_in(log) - 1) + std::min(keep, kChunkSize));
    return log;
}

}  // namespace rdpdx::test::evtx
