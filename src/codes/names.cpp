#include "src/codes/names.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "src/codes/text.hpp"

namespace rdpdx::codes {
namespace {

// What people leave out. Longer ones stand before those that they begin with.
constexpr std::array<std::string_view, 23> kPrefixes{"ERRINFO_LICENSE_",
                                                     "ERRINFO_CB_",
                                                     "ERRINFO_",
                                                     "exDiscReasonLicense",
                                                     "exDiscReason",
                                                     "disconnectReason",
                                                     "SSL_ERR_",
                                                     "STATUS_",
                                                     "SEC_E_",
                                                     "SEC_I_",
                                                     "CERT_E_",
                                                     "CRYPT_E_",
                                                     "NTE_",
                                                     "ERROR_",
                                                     "KDC_ERROR_",
                                                     "KDC_ERR_",
                                                     "KRB_AP_ERR_",
                                                     "KRB_ERR_",
                                                     "RDSTLS_RESULT_",
                                                     "ERR_",
                                                     "ST_",
                                                     "rt-",
                                                     "rn-"};
constexpr std::size_t kLongestName = 64;  // the longest name in a table has 50 characters
constexpr std::size_t kSuggestions = 4;
constexpr std::size_t kShortestPart = 4;

// [MS-RDPBCGR] writes PROTOCOL_SSL; the table and the reports say SSL.
constexpr std::string_view kProtocolPrefix = "protocol";

// The name and what remains of it without each prefix that it begins with, all folded.
std::vector<std::string> spellings(std::string_view name) {
    std::vector<std::string> out{text::folded(name)};
    for (const auto prefix : kPrefixes)
        if (name.starts_with(prefix) && name.size() > prefix.size())
            out.push_back(text::folded(name.substr(prefix.size())));
    return out;
}

struct Suggestion {
    std::size_t score{};
    std::string_view name;
    auto operator<=>(const Suggestion&) const = default;
};

// How far a name is from what was typed, or nothing if too far. A part of a name counts as a near miss.
std::optional<std::size_t> score(const std::string& typed, std::string_view name) {
    const std::size_t allowed = std::max<std::size_t>(1, typed.size() / 3);
    std::optional<std::size_t> best;
    for (const std::string& spelling : spellings(name)) {
        const bool part = typed.size() >= kShortestPart && spelling.find(typed) != std::string::npos;
        std::size_t off = allowed;
        // The difference in length is the least that the distance can be.
        if (spelling.size() <= typed.size() + allowed && typed.size() <= spelling.size() + allowed)
            off = text::distance(typed, spelling);
        else if (!part)
            continue;
        if (part) off = std::min(off, allowed);
        if (off <= allowed && (!best || off < *best)) best = off;
    }
    return best;
}

template <class Function>
void for_each_code(std::optional<Family> within, const Function& function) {
    for (std::size_t i = 0; i < kFamilies; ++i) {
        const auto family = static_cast<Family>(i);
        if (within && *within != family) continue;
        for (const Code& code : table(family))
            if (!code.name.empty()) function(family, code);
    }
}

}  // namespace

std::vector<Match> find_by_name(std::string_view name, std::optional<Family> within) {
    std::vector<Match> out;
    const std::string typed = text::folded(name);
    if (typed.empty() || typed.size() > kLongestName) return out;
    for_each_code(within, [&](Family family, const Code& code) {
        const bool protocol = family == Family::negotiation_protocol && typed.starts_with(kProtocolPrefix) &&
                              text::folded(code.name) == typed.substr(kProtocolPrefix.size());
        if (protocol || std::ranges::count(spellings(code.name), typed) > 0) out.push_back({family, code});
    });
    return out;
}

std::vector<std::string> names_like(std::string_view name, std::optional<Family> within) {
    const std::string typed = text::folded(name);
    if (typed.empty() || typed.size() > kLongestName) return {};
    std::set<Suggestion> found;
    for_each_code(within, [&](Family, const Code& code) {
        if (const auto off = score(typed, code.name)) found.insert({*off, code.name});
    });
    std::vector<std::string> out;
    for (const Suggestion& suggestion : found) {
        if (out.size() == kSuggestions) break;
        const std::string query{suggestion.name};
        if (std::ranges::count(out, query) == 0) out.push_back(query);
    }
    return out;
}

std::vector<std::string> prefixes_like(std::string_view prefix, std::string_view value) {
    const std::string typed = text::folded(prefix);
    if (typed.empty() || typed.size() > kLongestName) return {};
    const std::size_t allowed = typed.size() < 4 ? 1 : 2;
    std::set<Suggestion> found;
    for (std::size_t i = 0; i < kFamilies; ++i) {
        const auto prefixes = prefixes_of(static_cast<Family>(i));
        for (const auto known : prefixes) {
            const std::size_t off = text::distance(typed, known);
            if (off <= allowed) found.insert({off, prefixes.front()});
        }
    }
    std::vector<std::string> out;
    for (const Suggestion& suggestion : found) {
        if (out.size() == kSuggestions) break;
        const std::string query = std::string{suggestion.name} + ':' + std::string{value};
        if (std::ranges::count(out, query) == 0) out.push_back(query);
    }
    return out;
}

}  // namespace rdpdx::codes
