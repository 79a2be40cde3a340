// `reg export` ("Windows Registry Editor Version 5.00", and REGEDIT4, which has strings of one byte a character) and
// `reg query`.
#include <algorithm>
#include <charconv>

#include "parsers/bytes/text.hpp"
#include "parsers/config/readers.hpp"

namespace rdpdx::config {
namespace {

constexpr std::size_t kMostValue = std::size_t{64} * 1024;  // characters of a value over all its lines

bool is_hex(char c) noexcept { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

std::string hex_digits(std::string_view text) {
    std::string out;
    for (const char c : text)
        if (is_hex(c)) out += c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
    return out;
}

std::optional<std::int64_t> number(std::string_view digits, int base) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
    if (error != std::errc{} || end != digits.data() + digits.size() || digits.empty()) return {};
    return static_cast<std::int64_t>(value);
}

std::string bytes_of(std::string_view digits) {
    std::string out;
    for (; digits.size() >= 2; digits.remove_prefix(2))
        out += static_cast<char>(number(digits.substr(0, 2), 16).value_or(0));
    return out;
}

// Strings of several lines become one, with commas.
std::string text_of_hex(std::string_view digits, bool wide) {
    const std::string raw = bytes_of(digits);
    std::string text = wide ? bytes::utf16le_to_utf8(std::as_bytes(std::span{raw})) : bytes::valid_utf8(raw);
    while (!text.empty() && text.back() == '\0') text.pop_back();
    std::ranges::replace(text, '\0', ',');
    return text;
}

std::int64_t little(std::string_view digits) {
    std::uint64_t value = 0;
    unsigned shift = 0;
    for (; digits.size() >= 2 && shift < 64; digits.remove_prefix(2), shift += 8)
        value |= static_cast<std::uint64_t>(number(digits.substr(0, 2), 16).value_or(0)) << shift;
    return static_cast<std::int64_t>(value);
}

// Up to the closing quote; a backslash stands before a quote and before itself.
std::optional<std::string> quoted(std::string_view& text) {
    if (!text.starts_with('"')) return {};
    std::string out;
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (text[i] == '"') {
            text.remove_prefix(i + 1);
            return out;
        }
        if (text[i] == '\\' && i + 1 < text.size()) ++i;
        out += text[i];
    }
    return {};
}

void put_data(RegistryValue& value, std::string_view data, bool wide) {
    constexpr std::string_view kDword = "dword:";
    if (data.starts_with(kDword)) {
        value.number = number(data.substr(kDword.size()), 16);
    } else if (data.starts_with('"')) {
        value.text = quoted(data).value_or("");
    } else if (data.starts_with("hex")) {
        const auto colon = std::min(data.find(':'), data.size());
        const std::string_view type = data.substr(3, colon - std::min<std::size_t>(colon, 3));
        const std::string digits = hex_digits(data.substr(colon));
        if (type == "(b)" || type == "(4)")
            value.number = little(digits);
        else if (type == "(1)" || type == "(2)" || type == "(7)")
            value.text = text_of_hex(digits, wide);
        else
            value.text = digits;
    }
}

}  // namespace

void read_reg_export(LineReader& lines, const Sink& sink) {
    Line line;
    std::string key;
    bool wide = true;
    while (lines.next(line)) {
        const std::string_view text = line.trimmed();
        if (text == "REGEDIT4") wide = false;
        if (text.starts_with('[')) {
            key = text.ends_with(']') ? std::string{text.substr(1, text.size() - 2)} : std::string{};
            continue;
        }
        if (key.empty() || key.starts_with('-') || (!text.starts_with('"') && !text.starts_with("@="))) continue;
        RegistryValue value;
        value.at = place(line);
        value.key = key;
        std::string whole{text};
        // Only binary data goes on in the next line. Its backslashes are no digits, and stay.
        bool more = whole.find("=hex") != std::string::npos && whole.ends_with('\\');
        while (more && lines.next(line)) {
            more = line.trimmed().ends_with('\\');
            if (whole.size() < kMostValue) whole += line.trimmed();
        }
        std::string_view rest = whole;
        if (rest.starts_with('@'))
            rest.remove_prefix(1);
        else if (auto name = quoted(rest))
            value.name = std::move(*name);
        else
            continue;
        if (!rest.starts_with('=')) continue;
        put_data(value, trim(rest.substr(1)), wide);
        sink(std::move(value));
    }
}

void read_reg_query(LineReader& lines, const Sink& sink) {
    constexpr std::string_view kGap = "    ";
    Line line;
    std::string key;
    while (lines.next(line)) {
        const std::string_view text = line.trimmed();
        if (text.starts_with("HKEY_")) {
            key = text;
            continue;
        }
        const auto type = text.find("    REG_");
        if (key.empty() || type == std::string_view::npos) continue;
        RegistryValue value;
        value.at = place(line);
        value.key = key;
        value.name = text.substr(0, type);
        if (value.name.starts_with('(')) value.name.clear();  // "(Default)", in the machine's language
        std::string_view data = text.substr(type + kGap.size());
        const auto end = data.find(kGap);
        const std::string_view kind = data.substr(0, end);
        data = end == std::string_view::npos ? std::string_view{} : trim(data.substr(end));
        if ((kind == "REG_DWORD" || kind == "REG_QWORD") && data.starts_with("0x"))
            value.number = number(data.substr(2), 16);
        else
            value.text = kind == "REG_BINARY" ? hex_digits(data) : std::string{data};
        sink(std::move(value));
    }
}

}  // namespace rdpdx::config
