// `netstat -ano` and `ipconfig /all`, by the shape of their lines: the words are in the machine's language.
#include <algorithm>
#include <charconv>
#include <utility>

#include "parsers/config/readers.hpp"

namespace rdpdx::config {
namespace {

// [IANA Service Name and Transport Protocol Port Number Registry]
constexpr std::string_view kRdpService = "ms-wbt-server";
constexpr std::uint16_t kRdpPort = 3389;

// "0.0.0.0:3389", "[::]:3389"; without -n also "0.0.0.0:epmap", whose port is not known and 0.
std::optional<std::pair<std::string, std::uint16_t>> end_point(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) return {};
    std::uint16_t port = 0;
    const std::string_view digits = text.substr(colon + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (digits.empty() || error == std::errc::result_out_of_range) return {};
    if (error != std::errc{} || end != digits.data() + digits.size()) port = digits == kRdpService ? kRdpPort : 0;
    std::string_view address = text.substr(0, colon);
    if (address.starts_with('[') && address.ends_with(']')) address = address.substr(1, address.size() - 2);
    return std::pair{std::string{address.substr(0, address.find('%'))}, port};
}

bool is_number(std::string_view text) noexcept {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_address(std::string_view text) noexcept {
    return text.size() >= 3 && text.find_first_not_of("0123456789abcdefABCDEF.:") == std::string_view::npos &&
           text.find_first_of(".:") != std::string_view::npos;
}

// Of a line that has the shape of a socket's: protocol, this end, the other end.
std::optional<std::pair<std::string, std::uint16_t>> local_end(const std::vector<std::string_view>& w) {
    if (w.size() < 3 || (w[0] != "TCP" && w[0] != "UDP") || w[2].find(':') == std::string_view::npos) return {};
    return end_point(w[1]);
}

}  // namespace

bool is_socket_line(std::string_view line) { return local_end(words(line, 6)).has_value(); }

void read_sockets(LineReader& lines, const Sink& sink) {
    Line line;
    while (lines.next(line)) {
        const auto w = words(line.text, 6);
        const auto local = local_end(w);
        if (!local) continue;
        Socket out;
        out.at = place(line);
        out.protocol = w[0];
        out.address = local->first;
        out.port = local->second;
        // Nobody is the other end of a socket that listens: "0.0.0.0:0", "[::]:0", without -n "RDSH1:0". Nor of one
        // that only has its port as yet, which -q lists.
        out.listening = w[0] == "TCP" && w[2].ends_with(":0") && std::ranges::find(w, "BOUND") == w.end();
        if (is_number(w.back())) out.process = w.back();
        sink(std::move(out));
    }
}

std::optional<std::pair<std::string_view, std::string_view>> dotted(std::string_view line) noexcept {
    const auto dots = line.find(". .");
    const auto colon = line.find(": ", dots == std::string_view::npos ? 0 : dots);
    if (!line.starts_with(' ') || dots == std::string_view::npos || colon == std::string_view::npos) return {};
    return std::pair{trim(line.substr(0, dots)), trim(line.substr(colon + 2))};
}

void read_addresses(LineReader& lines, const Sink& sink) {
    Line line;
    bool first = true, adapter = false;
    while (lines.next(line)) {
        // An adapter's title stands at the line's beginning and ends with a colon.
        if (!line.text.empty() && line.text.front() != ' ' && line.trimmed().ends_with(':')) adapter = true;
        const auto pair = dotted(line.text);
        if (!pair) continue;
        const auto& [label, value] = *pair;
        if (std::exchange(first, false) && !adapter) {
            if (!value.empty() && value.find(' ') == std::string_view::npos)
                sink(MachineName{place(line), std::string{value}});
        } else if (adapter && (label.find("IPv4") != std::string_view::npos ||
                               label.find("IPv6") != std::string_view::npos || label == "IP Address")) {
            const std::string_view address = value.substr(0, value.find_first_of("(% "));
            if (is_address(address)) sink(MachineAddress{place(line), std::string{address}});
        }
    }
}

}  // namespace rdpdx::config
