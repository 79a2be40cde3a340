// Inside of report: RDP-UDP conversations in JSON and in words.
#pragma once

#include <string>

#include "src/model/udp.hpp"
#include "src/report/json_writer.hpp"

namespace rdpdx::report {

void write_udp(JsonWriter& json, const model::UdpTransport& udp);
// "version 2, reliable, MTU 1232 and 1232: tunnel-created; 2 packets sent again"
std::string udp_text(const model::UdpTransport& udp);

}  // namespace rdpdx::report
