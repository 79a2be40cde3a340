// Inside of config: one reader a form.
#pragma once

#include "parsers/config/config.hpp"
#include "parsers/config/lines.hpp"

namespace rdpdx::config {

inline Place place(const Line& line) noexcept { return {line.number, line.offset}; }

void read_reg_export(LineReader& lines, const Sink& sink);
void read_reg_query(LineReader& lines, const Sink& sink);
void read_certificates(LineReader& lines, const Sink& sink);
void read_access(LineReader& lines, const Sink& sink);
void read_sockets(LineReader& lines, const Sink& sink);
void read_addresses(LineReader& lines, const Sink& sink);
void read_sessions(LineReader& lines, const Sink& sink);
void read_services(LineReader& lines, const Sink& sink);

bool is_certificate_head(std::string_view line) noexcept;  // "====== Certificate 0 ======", in any language
bool is_store_end(std::string_view line) noexcept;  // "CertUtil: -store command ...", "CertUtil: -store-Befehl ..."
bool is_access_line(std::string_view line) noexcept;
bool is_socket_line(std::string_view line);
// "   Host Name . . . . . . : RDSH1" -> label and value.
std::optional<std::pair<std::string_view, std::string_view>> dotted(std::string_view line) noexcept;

}  // namespace rdpdx::config
