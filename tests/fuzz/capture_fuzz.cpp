// Both capture readers, chosen by the first bytes, from memory.
#include <cstdlib>

#include "parsers/capture/reader.hpp"
#include "tests/support/in_place.hpp"

using namespace rdpdx;

namespace {

// By runs, and where the bytes lie.
std::uint64_t count_in_place(bytes::View file, capture::Format format) {
    test::InPlace source{file};
    const auto reader = capture::open(source, format);
    std::vector<capture::Packet> run(32);
    std::uint64_t count = 0;
    while (const std::size_t n = reader->next_run(run)) count += n;
    return count;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const bytes::View file = std::as_bytes(std::span{data, size});
    const auto format = capture::recognise(file);
    bytes::MemorySource source{file};
    // What is not recognised goes to the reader of our own, which must stand anything.
    const auto reader = capture::open(source, format.value_or(capture::Format::pcapng));
    capture::Packet packet;
    std::uint64_t number = 0, bytes_given = 0;
    while (reader->next(packet)) {
        if (packet.number <= number || packet.file_offset >= size) std::abort();
        if (packet.interface >= reader->interfaces().size()) std::abort();
        number = packet.number;
        bytes_given += packet.data.size() + packet.comment.size() + packet.verdict.size();
    }
    if (bytes_given > size || reader->notices().size() > 51) std::abort();
    for (const auto& notice : reader->notices())
        if (notice.text.empty() || notice.file_offset > size) std::abort();
    if (reader->next(packet)) std::abort();
    if (count_in_place(file, format.value_or(capture::Format::pcapng)) != number) std::abort();
    return 0;
}
