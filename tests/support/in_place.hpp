// A source whose bytes are looked at where they lie, as those of a mapped file are.
#pragma once

#include <algorithm>

#include "parsers/bytes/source.hpp"

namespace rdpdx::test {

class InPlace final : public bytes::Source {
public:
    explicit InPlace(bytes::View data) : data_{data} {}
    std::size_t read(std::span<std::byte>) override { return 0; }
    std::optional<bytes::View> look(std::uint64_t offset, std::size_t n) override {
        const bytes::View rest = data_.subspan(std::min<std::size_t>(offset, data_.size()));
        return rest.first(std::min(n, rest.size()));
    }

private:
    bytes::View data_;
};

}  // namespace rdpdx::test
