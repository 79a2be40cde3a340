#include "tests/support/evtx_chunk.hpp"

#include <algorithm>
#include <array>

namespace rdpdx::test::evtx {
namespace {

// [MS-EVEN6] 2.2.12, tokens; the flag says that an element has attributes, or that another attribute follows.
enum Token : std::uint8_t {
    kEndOfFragment = 0x00,
    kOpenStartElement = 0x01,
    kCloseStartElement = 0x02,
    kCloseEmptyElement = 0x03,
    kEndElement = 0x04,
    kValueText = 0x05,
    kAttribute = 0x06,
    kTemplateInstance = 0x0C,
    kNormalSubstitution = 0x0D,
    kOptionalSubstitution = 0x0E,
    kFragmentHeader = 0x0F,
    kMore = 0x40,
};
constexpr std::uint32_t kNameBuckets = 64, kTemplateBuckets = 32;
constexpr std::uint16_t kNoDependency = 0xFFFF;

void overwrite(Bytes& bytes, std::size_t at, const Bytes& with) {
    std::ranges::copy(with, bytes.begin() + static_cast<std::ptrdiff_t>(at));
}

std::uint16_t hash_of(const Bytes& utf16) {
    std::uint32_t hash = 0;
    for (std::size_t i = 0; i + 1 < utf16.size(); i += 2)
        hash = hash * 65599 +
               (std::to_integer<std::uint32_t>(utf16[i]) | std::to_integer<std::uint32_t>(utf16[i + 1]) << 8);
    return static_cast<std::uint16_t>(hash);
}

// Equal definitions get equal ids in every chunk and every file, as Windows has it. FNV-1a, twice.
Bytes template_id(std::string_view identity) {
    Bytes out;
    for (std::uint64_t hash : {0xCBF29CE484222325ULL, 0x84222325CBF29CE4ULL}) {
        for (const char c : identity) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
        out = join({out, le(8, hash)});
    }
    return out;
}

// Puts the payload where the frame has the slot for it.
void embed(Element& frame, const Element& payload) {
    const auto is_slot = [](const Content& content) {
        const auto* const slot = std::get_if<Slot>(&content);
        return slot && slot->id == kPayloadSlot;
    };
    if (frame.depends_on == kPayloadSlot) frame.depends_on.reset();
    for (Element& child : frame.children) embed(child, payload);
    if (std::erase_if(frame.content, is_slot) > 0) frame.children.push_back(payload);
}

Bytes fragment_header() { return be(4, 0x0F010100); }

}  // namespace

std::uint32_t crc32(bytes::View data, std::uint32_t before) {
    std::uint32_t crc = ~before;
    for (const std::byte b : data) {
        crc ^= std::to_integer<std::uint32_t>(b);
        for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320U : 0U);
    }
    return ~crc;
}

void Chunk::put(unsigned width, std::uint64_t value) {
    for (unsigned i = 0; i < width; ++i) bytes_.push_back(static_cast<std::byte>(value >> (8 * i) & 0xFF));
}
void Chunk::put(const Bytes& data) { bytes_.insert(bytes_.end(), data.begin(), data.end()); }
void Chunk::patch_size(std::uint32_t at, std::uint32_t from) { overwrite(bytes_, at, le(4, position() - from)); }

std::uint32_t Chunk::newest_in_bucket(const std::vector<Shared>& shared, std::uint32_t bucket, std::uint32_t below) {
    const auto found = std::find_if(shared.rbegin(), shared.rend(),
                                    [&](const Shared& s) { return s.bucket == bucket && s.offset < below; });
    return found == shared.rend() ? 0 : found->offset;
}

bool Chunk::add(const Record& added, bool templates) {
    const auto before = std::array{bytes_.size(), names_.size(), templates_.size()};
    const Placed placed{position(), added.id};
    record(added, templates);
    if (bytes_.size() <= kChunkSize) {
        records_.push_back(placed);
        return true;
    }
    bytes_.resize(before[0]);
    names_.resize(before[1]);
    templates_.resize(before[2]);
    return false;
}

// The record's size stands at both ends; what it holds is padded so that records begin at multiples of eight.
void Chunk::record(const Record& added, bool templates) {
    const auto begin = position();
    put(4, 0x00002A2A);
    put(4, 0);
    put(8, added.id);
    put(8, added.written);
    put(fragment_header());
    if (templates) {
        instance(added.frame, &added.payload);
    } else {
        Element whole = added.frame.shape;
        embed(whole, fill(added.payload.shape, added.payload.values));
        element(fill(whole, added.frame.values), false);
    }
    put(1, kEndOfFragment);
    while ((position() + 4) % 8 != 0) put(1, 0);
    put(4, position() + 4 - begin);
    patch_size(begin + 4, begin);
}

// A name stands where it is used first, and is known by its offset afterwards.
void Chunk::name(const std::string& text) {
    const auto known = std::ranges::find(names_, text, &Shared::text);
    if (known != names_.end()) return put(4, known->offset);
    const Bytes characters = utf16le(text);
    const std::uint16_t hash = hash_of(characters);
    put(4, position() + 4);
    const Shared added{text, position(), hash % kNameBuckets};
    put(4, newest_in_bucket(names_, added.bucket, UINT32_MAX));
    put(2, hash);
    put(2, characters.size() / 2);
    put(characters);
    put(2, 0);
    names_.push_back(added);
}

void Chunk::content(const Content& added) {
    if (const auto* const literal = std::get_if<std::string>(&added)) {
        const Bytes characters = utf16le(*literal);
        put(1, kValueText);
        put(1, static_cast<std::uint8_t>(Type::unicode_string));
        put(2, characters.size() / 2);
        return put(characters);
    }
    const auto slot = std::get<Slot>(added);
    put(1, slot.optional ? kOptionalSubstitution : kNormalSubstitution);
    put(2, slot.id);
    put(1, slot.type);
}

void Chunk::attributes(const Element& of) {
    const auto size = position();
    put(4, 0);
    for (const Attribute& attribute : of.attributes) {
        put(1, &attribute == &of.attributes.back() ? kAttribute : kAttribute | kMore);
        name(attribute.name);
        content(attribute.value);
    }
    patch_size(size, size + 4);
}

void Chunk::inner(const Element& of, bool in_template) {
    for (const Content& c : of.content) content(c);
    for (const Element& child : of.children) element(child, in_template);
}

// Only templates have dependency ids.
void Chunk::element(const Element& added, bool in_template) {
    if (added.name.empty()) return inner(added, in_template);
    put(1, added.attributes.empty() ? kOpenStartElement : kOpenStartElement | kMore);
    if (in_template) put(2, added.depends_on.value_or(kNoDependency));
    const auto size = position();
    put(4, 0);
    name(added.name);
    if (!added.attributes.empty()) attributes(added);
    if (!added.attributes.empty() && added.content.empty() && added.children.empty()) {
        put(1, kCloseEmptyElement);
    } else {
        put(1, kCloseStartElement);
        inner(added, in_template);
        put(1, kEndElement);
    }
    patch_size(size, size + 4);
}

void Chunk::definition(const Element& shape, const std::string& identity) {
    const Bytes id = template_id(identity);
    const Shared added{identity, position(), std::to_integer<std::uint32_t>(id.front()) % kTemplateBuckets};
    put(4, newest_in_bucket(templates_, added.bucket, UINT32_MAX));
    put(id);
    const auto size = position();
    put(4, 0);
    templates_.push_back(added);
    put(fragment_header());
    element(shape, true);
    put(1, kEndOfFragment);
    patch_size(size, size + 4);
}

// The payload is an instance within the instance, and the last of its values.
void Chunk::instance(const Template& added, const Template* payload) {
    const std::string identity = signature(added.shape);
    const auto known = std::ranges::find(templates_, identity, &Shared::text);
    put(1, kTemplateInstance);
    put(1, 1);
    put(first(template_id(identity), 4));
    if (known != templates_.end()) {
        put(4, known->offset);
    } else {
        put(4, position() + 4);
        definition(added.shape, identity);
    }
    put(4, added.values.size() + (payload ? 1 : 0));
    for (const Value& value : added.values) {
        put(2, value.data.size());
        put(2, value.type);
    }
    const auto payload_size = position();
    if (payload) put(4, static_cast<std::uint64_t>(Type::bin_xml) << 16);
    for (const Value& value : added.values) put(value.data);
    if (!payload) return;
    const auto payload_begin = position();
    put(fragment_header());
    instance(*payload, nullptr);
    put(1, kEndOfFragment);
    overwrite(bytes_, payload_size, le(2, position() - payload_begin));
}

Bytes Chunk::finish(std::uint64_t first_number, std::size_t stale) const {
    const std::size_t live = records_.size() - std::min(stale, records_.size());
    const std::uint32_t free = live < records_.size() ? records_[live].offset : position();
    Bytes out = bytes_;
    out.resize(kChunkSize);
    const auto first_id = live ? records_.front().id : 0, last_id = live ? records_[live - 1].id : 0;
    overwrite(out, 0,
              join({text("ElfChnk"), be(1, 0), le(8, first_number), le(8, first_number + live - 1), le(8, first_id),
                    le(8, last_id), le(4, 0x80), le(4, live ? records_[live - 1].offset : 0), le(4, free)}));
    overwrite(out, 0x34, le(4, crc32(bytes::View{out}.subspan(kChunkHeaderSize, free - kChunkHeaderSize))));
    for (std::uint32_t i = 0; i < kNameBuckets; ++i)
        overwrite(out, 0x80 + 4 * i, le(4, newest_in_bucket(names_, i, free)));
    for (std::uint32_t i = 0; i < kTemplateBuckets; ++i)
        overwrite(out, 0x180 + 4 * i, le(4, newest_in_bucket(templates_, i, free)));
    const bytes::View header = bytes::View{out}.first(kChunkHeaderSize);
    overwrite(out, 0x7C, le(4, crc32(header.subspan(0x80), crc32(header.first(0x78)))));
    return out;
}

}  // namespace rdpdx::test::evtx
