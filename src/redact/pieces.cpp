#include "src/redact/pieces.hpp"

#include <algorithm>

namespace rdpdx::redact {
namespace {

bool key_character(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
}

// Where the next "KEY=" behind a separator begins, or the end.
std::size_t next_key(std::string_view text, std::size_t from) noexcept {
    for (std::size_t at = from; at < text.size(); ++at) {
        if (text[at] != ',' && text[at] != '+' && text[at] != ';' && text[at] != '/') continue;
        if (at > 0 && text[at - 1] == '\\') continue;
        std::size_t key = at + 1;
        while (key < text.size() && text[key] == ' ') ++key;
        std::size_t end = key;
        while (end < text.size() && key_character(text[end])) ++end;
        if (end > key && end < text.size() && text[end] == '=') return at;
        // No key ends before `end`, so that a text is gone through once.
        if (end > at + 1) at = end - 1;
    }
    return text.size();
}

}  // namespace

Account account_of(std::string_view text) {
    if (const auto slash = text.find('\\'); slash != std::string_view::npos)
        return {text.substr(0, slash), text.substr(slash + 1), false};
    if (const auto at = text.rfind('@'); at != std::string_view::npos && at > 0)
        return {text.substr(at + 1), text.substr(0, at), true};
    return {{}, text, false};
}

DistinguishedName parts_of_subject(std::string_view text) {
    DistinguishedName out;
    std::size_t from = 0;
    while (from < text.size()) {
        const auto equals = text.find('=', from);
        if (equals == std::string_view::npos) break;
        std::size_t key = equals;
        while (key > from && key_character(text[key - 1])) --key;
        std::size_t begin = equals + 1, end = begin, next = 0;
        if (begin < text.size() && text[begin] == '"') {
            ++begin;
            end = begin;
            while (end < text.size() && (text[end] != '"' || text[end - 1] == '\\')) ++end;
            next = end;
        } else {
            end = next = next_key(text, begin);
            while (end > begin && text[end - 1] == ' ') --end;
        }
        out.parts.push_back(
            {text.substr(from, begin - from), text.substr(key, equals - key), text.substr(begin, end - begin)});
        from = std::min(end, next);
    }
    out.rest = text.substr(std::min(from, text.size()));
    return out;
}

std::vector<Piece> host_pieces(std::string_view text) {
    constexpr std::string_view kBetween = " \t\r\n/:,;()[]{}\\@\"'<>|=";
    std::vector<Piece> out;
    for (std::size_t at = 0; at < text.size();) {
        const auto literal = literal_at(text.substr(at), at > 0 ? text[at - 1] : '\0');
        std::size_t end = at + literal.length;
        const bool separator = literal.length == 0 && kBetween.find(text[at]) != std::string_view::npos;
        if (separator)
            end = std::min(text.find_first_not_of(kBetween, at), text.size());
        else if (literal.length == 0)
            end = std::min(text.find_first_of(kBetween, at), text.size());
        // An address may begin with a colon.
        if (separator)
            for (std::size_t i = at + 1; i < end; ++i)
                if (text[i] == ':' && literal_at(text.substr(i), text[i - 1]).length > 0) end = i;
        out.push_back({text.substr(at, end - at), separator});
        at = end;
    }
    return out;
}

}  // namespace rdpdx::redact
