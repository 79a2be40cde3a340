#include "parsers/capture/record_scout.hpp"

#include <algorithm>
#include <array>

#include "parsers/bytes/prefetch.hpp"

namespace rdpdx::capture {
namespace {

// As many as a processor waits for at the same time.
constexpr std::size_t kPlaces = 16;
// So far a record is searched for from where one is guessed; most packets are shorter.
constexpr std::size_t kSearched = 2048;
constexpr std::uint32_t kNear = 60;  // seconds
constexpr std::uint32_t kSecond = 1'000'000'000;
constexpr std::size_t kLine = 64;

// So that each of the places costs a handful of instructions for a record.
template <bool BigEndian>
class Scout {
public:
    Scout(bytes::View bytes, std::size_t record_header) noexcept : record_header_{record_header} {
        const auto first = Record::of(bytes);
        if (!first) return;
        seconds_ = field<0>(*first);
        const std::size_t part = bytes.size() / kPlaces;
        places_[live_++] = bytes.first(part);
        for (std::size_t i = 1; i < kPlaces; ++i)
            bytes::prefetch(bytes.subspan(i * part, std::min(part, kSearched / 2)));
        for (std::size_t i = 1; i < kPlaces; ++i) places_[live_++] = guess(bytes.subspan(i * part, part));
    }

    void run() noexcept {
        while (live_ > 0) {
            for (std::size_t i = 0; i < live_;) {
                if (step(places_[i]))
                    ++i;
                else
                    places_[i] = places_[--live_];
            }
        }
    }

private:
    using Record = bytes::Fixed<kRecordHeader>;

    template <std::size_t At>
    static std::uint32_t field(const Record& record) noexcept {
        if constexpr (BigEndian) return record.u32be<At>();
        return record.u32le<At>();
    }
    // Where something stands that could be a record, in a capture that has one of this time nearby. The highest octet
    // of the seconds is looked for, since that goes fast.
    bytes::View guess(bytes::View part) const noexcept {
        constexpr std::size_t kHigh = BigEndian ? 0 : 3;
        const std::string_view text = bytes::text_of(part.first(std::min(part.size(), kSearched)));
        const char high = static_cast<char>(seconds_ >> 24U);
        for (auto at = text.find(high, kHigh); at != std::string_view::npos; at = text.find(high, at + 1)) {
            const bytes::View rest = part.subspan(at - kHigh);
            if (const auto record = Record::of(rest); record && plausible(*record)) return rest;
        }
        return {};
    }
    bool plausible(const Record& record) const noexcept {
        return field<0>(record) - seconds_ <= kNear && field<4>(record) < kSecond &&
               field<8>(record) <= std::min(field<12>(record), kMaxCaptured);
    }
    // On to the next record; false where there is none.
    bool step(bytes::View& rest) const noexcept {
        const auto record = Record::of(rest);
        if (!record) return false;
        const std::size_t length = record_header_ + field<8>(*record);
        if (length >= rest.size()) return false;
        rest = rest.subspan(length);
        bytes::prefetch(rest.data());
        bytes::prefetch(rest.data() + std::min(kLine, rest.size()));
        return true;
    }

    std::size_t record_header_;
    std::uint32_t seconds_{};  // of the first
    std::array<bytes::View, kPlaces> places_{};
    std::size_t live_{};
};

}  // namespace

void scout_records(bytes::View bytes, const RecordShape& shape) noexcept {
    if (shape.big_endian)
        Scout<true>{bytes, shape.header}.run();
    else
        Scout<false>{bytes, shape.header}.run();
}

}  // namespace rdpdx::capture
