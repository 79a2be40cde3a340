#include "parsers/evtx/templates.hpp"

#include <algorithm>

#include "parsers/evtx/little.hpp"
#include "parsers/evtx/shapes.hpp"

namespace rdpdx::evtx {
namespace {

constexpr std::size_t kHeader = 24;  // next, GUID, size

bool same_bytes(bytes::View a, bytes::View b) noexcept { return bytes::text_of(a) == bytes::text_of(b); }

// Whether the fragment at `data` of this chunk says what the template says. Names are compared where they are; links
// between names differ from chunk to chunk and mean nothing.
bool says_the_same(const Template& known, bytes::View chunk, std::size_t data) {
    const bytes::View image{known.image};
    std::size_t done = 0;
    for (const NameReference& ref : known.fragment.references) {
        if (!same_bytes(image.subspan(done, ref.position - done), window(chunk, data + done, ref.position - done)))
            return false;
        const std::size_t where = u32_at(chunk, data + ref.position);
        const bool here = where == data + ref.position + 4;
        if (here != ref.here) return false;
        done = ref.position + (here ? std::size_t{8} : std::size_t{4});
        if (here) continue;
        const bytes::View name = bytes::View{known.fragment.names}.subspan(ref.text, ref.units * std::size_t{2});
        if (u16_at(chunk, where + 6) != ref.units || !same_bytes(name, window(chunk, where + 8, name.size())))
            return false;
    }
    return same_bytes(image.subspan(done), window(chunk, data + done, image.size() - done));
}

}  // namespace

std::uint32_t Template::id() const noexcept { return u32_at(guid, 0); }

TemplateCache::TemplateCache(std::size_t most) : most_{most}, places_(kPlaces) {}
TemplateCache::~TemplateCache() = default;

void TemplateCache::begin_chunk(bytes::View chunk) {
    chunk_ = chunk;
    for (const std::uint32_t place : used_places_) places_[place] = {};
    used_places_.clear();
    chunk_bytes_ = 0;
    if (bytes_ <= most_) return;
    by_key_.clear();
    by_id_.clear();
    by_shape_.clear();
    last_shape_ = nullptr;
    all_.clear();
    bytes_ = 0;
    ++generation_;
}

Template* TemplateCache::at(std::uint32_t offset) {
    std::size_t place = offset * 2654435761U >> 20;  // Knuth's multiplicative hash, 12 bits
    for (std::size_t tries = 0; tries < kPlaces; ++tries, place = (place + 1) % kPlaces) {
        Place& here = places_[place];
        if (here.used && here.offset == offset) return here.found;
        if (here.used) continue;
        if (used_places_.size() >= kPlaces / 2) return nullptr;
        used_places_.push_back(static_cast<std::uint32_t>(place));
        here = {offset, nullptr, true};
        return here.found = resolve(offset);
    }
    return nullptr;
}

Template* TemplateCache::of(std::uint32_t offset, std::uint32_t id) {
    Template* const here = at(offset);
    if (here && here->id() == id) return here;
    if (!recovering_) return nullptr;
    const auto known = by_id_.find(id);
    if (known == by_id_.end()) return nullptr;
    ++borrowed_;
    return known->second;
}

Template* TemplateCache::resolve(std::uint32_t offset) {
    const std::uint32_t size = u32_at(chunk_, offset + std::size_t{20});
    const std::size_t data = offset + kHeader;
    if (!fits(chunk_, data, size) || size == 0) return nullptr;
    const std::uint64_t key =
        (u64_at(chunk_, offset + std::size_t{4}) ^ u64_at(chunk_, offset + std::size_t{12})) + size;
    auto& same_key = by_key_[key];
    const bytes::View guid = chunk_.subspan(offset + std::size_t{4}, 16);
    for (Template* const known : same_key)
        if (known->image.size() == size && same_bytes(known->guid, guid) && says_the_same(*known, chunk_, data))
            return known;
    if (chunk_bytes_ + size > kMaxBytesOfChunk) return nullptr;
    auto made = std::make_unique<Template>();
    std::ranges::copy(guid, made->guid.begin());
    const bytes::View image = chunk_.subspan(data, size);
    made->image.assign(image.begin(), image.end());
    made->fragment = parse_fragment(chunk_, data, data + size);
    // Instances inside definitions point at other definitions, and an error may have hidden a name: such a template
    // holds for this chunk only.
    if (!made->fragment.instances && !made->fragment.error) {
        same_key.push_back(made.get());
        by_id_.try_emplace(made->id(), made.get());
    }
    return add(std::move(made), size);
}

Template* TemplateCache::of_shape(std::size_t at, std::size_t end, std::vector<Slot>& texts) {
    if (!read_shape(chunk_, at, end, shape_, texts) || texts.size() > kMaxSlots) return nullptr;
    if (last_shape_ && last_shape_->first == shape_) return last_shape_->second;
    if (const auto known = by_shape_.find(shape_); known != by_shape_.end()) {
        last_shape_ = &*known;
        return known->second;
    }
    if (chunk_bytes_ + shape_.size() > kMaxBytesOfChunk) return nullptr;
    auto made = std::make_unique<Template>();
    made->fragment = parse_fragment(chunk_, at, end);
    // The walk and the parser must agree on what the texts are.
    const bool usable = !made->fragment.error && take_texts_out(made->fragment.nodes) == texts.size();
    Template* const result = add(std::move(made), shape_.size());
    return by_shape_.emplace(shape_, usable ? result : nullptr).first->second;
}

Template* TemplateCache::add(std::unique_ptr<Template> made, std::size_t bytes) {
    made->number = static_cast<std::uint32_t>(all_.size());
    ++parsed_;
    bytes_ += bytes;
    chunk_bytes_ += bytes;
    all_.push_back(std::move(made));
    return all_.back().get();
}

}  // namespace rdpdx::evtx
