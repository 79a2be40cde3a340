#include "src/report/lookup.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace rdpdx::report {
namespace {

// A shell, whichever it is, sees nothing in such a name but a name; inside quotes blanks and brackets are harmless.
bool harmless(std::string_view name) {
    const auto fine = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view{" ._/-+,()"}.find(c) != std::string_view::npos;
    };
    return !name.empty() && name.size() <= 260 && name.front() != '-' && std::ranges::all_of(name, fine);
}

std::string_view or_word(std::string_view name, std::string_view word) { return harmless(name) ? name : word; }

bool is_address(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789abcdefABCDEF.:") == std::string_view::npos;
}

}  // namespace

Lookup lookup(const model::Report& report, const EvidenceIndex::Item& item) {
    const model::Evidence& e = item.evidence();
    if (e.kind == model::Evidence::Kind::packet)
        return {"Wireshark filter", fmt::format("frame.number == {}", e.number)};
    const model::Input& input = report.inputs[e.input];
    if (e.kind == model::Evidence::Kind::line)
        return {"PowerShell", fmt::format("Get-Content -LiteralPath '{}' -TotalCount {} | Select-Object -Last 1",
                                          or_word(input.path, "FILE"), e.number)};
    const bool binary = input.kind.find("EVTX") != std::string::npos;
    const std::string from = binary ? fmt::format("\"{}\" /lf:true", or_word(input.path, "FILE"))
                                    : fmt::format("\"{}\"", or_word(item.observation->string("channel"), "CHANNEL"));
    return {"wevtutil query",
            fmt::format("wevtutil qe {} \"/q:*[System[(EventRecordID={})]]\" /f:text", from, e.number)};
}

std::string connection_filter(const model::Attempt& attempt) {
    const auto& c = attempt.client;
    const auto& s = attempt.server;
    if (!is_address(c.address) || !is_address(s.address) || c.port == 0) return {};
    const char* field = c.address.find(':') == std::string::npos ? "ip" : "ipv6";
    return fmt::format("{0}.addr == {1} && {0}.addr == {2} && tcp.port == {3}", field, c.address, s.address, c.port);
}

}  // namespace rdpdx::report
