// Inside parsers/capture only: the readers behind open().
#pragma once

#include <memory>

#include "parsers/capture/pcap_header.hpp"
#include "parsers/capture/reader.hpp"
#include "parsers/capture/window.hpp"

namespace rdpdx::capture {

std::unique_ptr<Reader> open_pcap(bytes::Source& source);
// Variants of classic pcap that open_pcap() does not read itself. `window` stands at the file header.
std::unique_ptr<Reader> open_with_libpcap(Window window, const FileHeader& header);
std::unique_ptr<Reader> open_pcapng(bytes::Source& source);

}  // namespace rdpdx::capture
