// Pieces of a few IP datagrams in any order, overlapping, repeated or missing. Every byte has the value that its
// datagram and place say, so whatever is put together must have them too.
#include <algorithm>
#include <cstdlib>

#include "parsers/net/fragments.hpp"

using namespace rdpdx;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

std::byte value(std::uint32_t datagram, std::size_t place) { return static_cast<std::byte>(datagram * 31 + place * 7); }

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    bytes::Cursor in{std::as_bytes(std::span{data, size})};
    net::FragmentStore store;
    bytes::Time now{};
    std::uint64_t fragments = 0, whole = 0;
    std::vector<std::byte> piece;
    while (in.remaining() > 0) {
        const std::uint8_t which = in.u8("which"), how = in.u8("how");
        net::Fragment fragment;
        fragment.key.identification = which % 8U;
        fragment.key.source.family = fragment.key.destination.family = which & 8U ? 6 : 4;
        fragment.key.protocol = which & 8U ? 0 : 17;
        fragment.more = (how & 1U) != 0;
        fragment.next_protocol = static_cast<std::uint8_t>(which % 3);
        // Small places meet one another; the others reach the end of what a datagram can hold.
        fragment.offset = 8 * std::size_t{how & 2U ? in.u16be("offset") % 8192U : in.u8("offset") % 16U};
        if (fragment.offset == 0 && !fragment.more) continue;  // no fragment: the decoder does not ask the store
        piece.resize(how & 4U ? in.u16be("length") : in.u8("length") % 40U);
        for (std::size_t i = 0; i < piece.size(); ++i) piece[i] = value(which % 16U, fragment.offset + i);
        fragment.data = piece;
        now += std::chrono::milliseconds{how & 8U ? 20'000 : 1};
        ++fragments;
        store.forget_completed();
        const auto out = store.add(fragment, {}, now);
        require(store.incomplete() + whole <= fragments);
        if (!out) continue;
        ++whole;
        require(!out->data.empty() && out->data.size() <= net::kMaxDatagram);
        for (std::size_t i = 0; i < out->data.size(); ++i) require(out->data[i] == value(which % 16U, i));
    }
    return 0;
}
