// Inside parsers/capture only: the two readers behind open().
#pragma once

#include <memory>

#include "parsers/capture/reader.hpp"

namespace rdpdx::capture {

std::unique_ptr<Reader> open_pcap(bytes::Source& source);
std::unique_ptr<Reader> open_pcapng(bytes::Source& source);

}  // namespace rdpdx::capture
