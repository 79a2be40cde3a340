#include "src/codes/explain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "src/codes/names.hpp"
#include "src/codes/notes.hpp"
#include "src/codes/numbers.hpp"
#include "src/codes/text.hpp"

namespace rdpdx::codes {
namespace {

using text::Base;
using text::Number;

struct Token {
    std::string text;
    std::optional<Family> family;  // named before a colon, or by the word "extended" of the dialog
    std::string value;             // the text after the colon; all of it where there is none
    std::optional<Number> number;
};

constexpr std::array kBareFamilies{Family::disconnect_reason,
                                   Family::extended_reason,
                                   Family::error_info,
                                   Family::negotiation_failure,
                                   Family::tls_alert,
                                   Family::license_error,
                                   Family::license_transition,
                                   Family::early_authorization,
                                   Family::rdstls_result,
                                   Family::ntstatus,
                                   Family::hresult,
                                   Family::win32,
                                   Family::kerberos,
                                   Family::mcs_result,
                                   Family::mcs_disconnect_reason,
                                   Family::x224_disconnect_reason};

// Words of the client's dialog that only introduce a number.
constexpr std::array<std::string_view, 6> kDialogWords{"error", "code", "codes", "extended", "and", "+"};

bool is_dialog_word(std::string_view word) noexcept {
    if (word.ends_with(':')) word.remove_suffix(1);
    return std::ranges::any_of(kDialogWords,
                               [word](std::string_view known) { return text::equal_folded(known, word); });
}

Token token_of(std::string_view word) {
    Token token{std::string{word}, {}, std::string{word}, {}};
    const auto colon = word.find(':');
    if (colon != std::string_view::npos && colon + 1 < word.size()) {
        token.family = family_by_id(word.substr(0, colon));
        if (token.family) token.value = word.substr(colon + 1);
    }
    token.number = text::number(token.value);
    return token;
}

std::vector<std::string_view> words_of(std::string_view query) {
    std::vector<std::string_view> words;
    while (!query.empty()) {
        const auto end = query.find_first_of(" ,;\t\r\n");
        if (const auto word = query.substr(0, end); !word.empty()) words.push_back(word);
        query = end == std::string_view::npos ? std::string_view{} : query.substr(end + 1);
    }
    return words;
}

// "0x904/0x7" is two numbers; "icmp:3/4" and a name with a slash stay whole.
void add_tokens(std::string_view word, std::vector<Token>& tokens) {
    const auto slash = word.find('/');
    if (slash != std::string_view::npos && text::number(word.substr(0, slash)) &&
        text::number(word.substr(slash + 1))) {
        tokens.push_back(token_of(word.substr(0, slash)));
        tokens.push_back(token_of(word.substr(slash + 1)));
        return;
    }
    tokens.push_back(token_of(word));
}

std::vector<Token> tokens_of(std::span<const std::string> queries) {
    std::vector<Token> tokens;
    for (const std::string& query : queries) {
        const auto words = words_of(query);
        // "handshake failure" in quotes is one name.
        if (words.size() > 1 && !find_by_name(query, {}).empty()) {
            tokens.push_back(token_of(query));
            continue;
        }
        if (words.empty()) tokens.push_back(token_of(query));
        for (const auto word : words) add_tokens(word, tokens);
    }
    if (std::ranges::none_of(tokens, [](const Token& token) { return token.number.has_value(); })) return tokens;
    std::vector<Token> kept;
    bool extended = false;
    for (Token& token : tokens) {
        if (is_dialog_word(token.text)) {
            if (text::equal_folded(token.text, "extended")) extended = true;
            continue;
        }
        if (extended && token.number && !token.family) token.family = Family::extended_reason;
        extended = false;
        kept.push_back(std::move(token));
    }
    return kept;
}

void explain_bits(Family family, std::uint32_t value, Explanation& to) {
    if (value == 0 && family == Family::negotiation_protocol)
        to.matches.push_back({family, Code{0, "RDP", "Standard RDP security: no bit is set.", "x224-negotiation",
                                           kDocumented, "", "[MS-RDPBCGR] 2.2.1.1.1"}});
    for (const Code& code : table(family)) {
        if ((value & code.value) == 0) continue;
        to.matches.push_back({family, code});
        value &= ~code.value;
    }
    if (value != 0) to.notes.push_back(fmt::format("Nobody named these bits: 0x{:X}.", value));
    if (to.matches.empty() && to.notes.empty()) to.notes.emplace_back("No bit is set.");
}

void explain_value(Family family, std::uint32_t value, Explanation& to) {
    if (is_bits(family)) {
        explain_bits(family, value, to);
    } else if (const Code* code = find(family, value)) {
        to.matches.push_back({family, *code});
    } else {
        add_unknown(family, value, to);
        if (to.matches.empty()) to.did_you_mean = numbers_like(value, family);
    }
}

std::vector<Match> bare_matches(std::uint32_t value) {
    std::vector<Match> matches;
    for (const Family family : kBareFamilies)
        if (const Code* code = find(family, value)) matches.push_back({family, *code});
    return matches;
}

// "904" without 0x is a decimal that nobody knows; people mean what the dialog showed.
std::optional<std::string> read_as_hex(const Token& token) {
    if (!token.number || token.number->base != Base::decimal) return {};
    std::string hex = "0x" + token.value;
    const auto number = text::number(hex);
    if (!number || bare_matches(number->value).empty()) return {};
    return hex;
}

void explain_bare(const Token& token, Explanation& to) {
    const std::uint32_t value = token.number->value;
    to.matches = bare_matches(value);
    add_ambiguity(value, to);
    if (!to.matches.empty()) return;
    if (const auto hex = read_as_hex(token)) to.did_you_mean.push_back(*hex);
    if (looks_like_disconnect_reason(value)) {
        to.matches.push_back(inferred_disconnect_reason(value));
        return;
    }
    to.notes.push_back(fmt::format("No table has {} (0x{:X}).", value, value));
    add_shape(value, to);
    if (!to.matches.empty()) return;
    for (std::string& query : numbers_like(value, {})) to.did_you_mean.push_back(std::move(query));
}

// ICMP is spoken of as type/code.
std::optional<std::uint32_t> icmp_value(const Token& token) {
    const bool icmp = token.family == Family::icmp4 || token.family == Family::icmp6;
    const auto slash = token.value.find('/');
    if (!icmp || slash == std::string::npos) return {};
    const auto type = text::number(std::string_view{token.value}.substr(0, slash));
    const auto code = text::number(std::string_view{token.value}.substr(slash + 1));
    if (!type || !code || type->value > 0xFF || code->value > 0xFF) return {};
    return type->value << 8U | code->value;
}

void explain_word(const Token& token, Explanation& to) {
    to.matches = find_by_name(token.value, token.family);
    if (!to.matches.empty()) return;
    const std::string_view value{token.value};
    const auto colon = value.find(':');
    if (!token.family && colon != std::string_view::npos)
        to.did_you_mean = prefixes_like(value.substr(0, colon), value.substr(colon + 1));
    else
        to.did_you_mean = names_like(value, token.family);
    const bool digits =
        value.size() > 9 && value.find_first_not_of("0123456789abcdefABCDEFxX-") == std::string_view::npos;
    to.notes.emplace_back(digits
                              ? "The number does not fit into 32 bits."
                              : "This is neither a number, nor the name of a code, nor a known family before a colon.");
}

Explanation explain_token(const Token& token) {
    Explanation to;
    to.query = token.text;
    if (const auto value = icmp_value(token)) {
        explain_value(*token.family, *value, to);
    } else if (!token.number) {
        explain_word(token, to);
    } else if (token.family) {
        explain_value(*token.family, token.number->value, to);
    } else {
        explain_bare(token, to);
    }
    return to;
}

bool may_be_disconnect_reason(const Token& token) {
    if (!token.number) return false;
    if (token.family) return *token.family == Family::disconnect_reason;
    const std::uint32_t value = token.number->value;
    if (find(Family::disconnect_reason, value) || !layer_hint(value).empty()) return true;
    return looks_like_disconnect_reason(value) && bare_matches(value).empty();
}

bool may_be_extended(const Token& token) {
    if (!token.number) return false;
    if (token.family) return *token.family == Family::extended_reason;
    const std::uint32_t value = token.number->value;
    return find(Family::extended_reason, value) || find(Family::error_info, value);
}

Explanation explain_pair(const Token& disconnect, const Token& extended) {
    Explanation to;
    to.query = disconnect.text + ' ' + extended.text;
    explain_value(Family::disconnect_reason, disconnect.number->value, to);
    explain_value(Family::extended_reason, extended.number->value, to);
    for (std::string& note : pair_notes(disconnect.number->value, extended.number->value))
        to.notes.push_back(std::move(note));
    return to;
}

}  // namespace

std::vector<Explanation> explain(std::span<const std::string> queries) {
    const auto tokens = tokens_of(queries);
    std::vector<Explanation> out;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        if (i + 1 < tokens.size() && may_be_disconnect_reason(tokens[i]) && may_be_extended(tokens[i + 1])) {
            out.push_back(explain_pair(tokens[i], tokens[i + 1]));
            ++i;
        } else {
            out.push_back(explain_token(tokens[i]));
        }
    }
    return out;
}

}  // namespace rdpdx::codes
