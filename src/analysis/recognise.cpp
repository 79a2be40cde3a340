#include <array>

#include "parsers/capture/reader.hpp"
#include "parsers/events/json.hpp"
#include "parsers/events/xml.hpp"
#include "parsers/evtx/log.hpp"
#include "parsers/tls/key_log.hpp"
#include "src/analysis/analysis.hpp"

namespace rdpdx::analysis {
namespace {

struct Signature {
    std::string_view prefix, description, advice;
    Archive archive{};
};
using namespace std::string_view_literals;

constexpr std::string_view kUnpack = "unpack it first and give the folder";
// What people hand in by mistake, or too early.
constexpr std::array kSignatures{
    Signature{"\x30\0\0\0LfLe"sv, "legacy event log (EVT)", "convert it: wevtutil epl FILE.evt FILE.evtx /lf:true"},
    Signature{"PK\x03\x04"sv, "ZIP archive", kUnpack, Archive::zip},
    Signature{"PK\x05\x06"sv, "ZIP archive", kUnpack, Archive::zip},
    Signature{"7z\xBC\xAF\x27\x1C"sv, "7-Zip archive", kUnpack, Archive::seven_zip},
    Signature{"MSCF"sv, "cabinet archive", kUnpack, Archive::cabinet},
    Signature{"\x1F\x8B"sv, "gzip file", kUnpack, Archive::compressed},
    Signature{"BZh"sv, "bzip2 file", kUnpack, Archive::compressed},
    Signature{"\xFD"
              "7zXZ"sv,
              "xz file", kUnpack, Archive::compressed},
    Signature{"\x28\xB5\x2F\xFD"sv, "Zstandard file", kUnpack, Archive::compressed},
    Signature{"\xFF\xD8\xFF"sv, "JPEG image", ""},
    Signature{"\x89PNG"sv, "PNG image", ""},
    Signature{"GIF8"sv, "GIF image", ""},
    Signature{"%PDF"sv, "PDF document", ""},
    Signature{"GMBU"sv, "Network Monitor capture", "save it as pcapng: editcap FILE.cap FILE.pcapng"},
    Signature{"snoop\0\0\0"sv, "snoop capture", "save it as pcapng: editcap FILE FILE.pcapng"},
    Signature{"\x7F"
              "ELF"sv,
              "program", ""},
    Signature{"MZ"sv, "program", ""},
};

// A document of an office program is a ZIP archive too, and nobody's evidence.
bool is_document(std::string_view text) {
    constexpr std::size_t kFirstName = 30;
    return text.size() > kFirstName && text.substr(kFirstName).starts_with("[Content_Types].xml");
}

// POSIX.1-1988 ustar: the magic stands behind the older format's fields. Older archives have none and are not read.
bool is_tar(std::string_view text) {
    constexpr std::size_t kMagic = 257;
    return text.size() > kMagic && text.substr(kMagic).starts_with("ustar");
}

}  // namespace

bool is_log(Kind kind) noexcept { return kind == Kind::event_xml || kind == Kind::event_json || kind == Kind::evtx; }

Recognised recognise(bytes::View head) {
    if (head.empty()) return {Kind::unrecognised, "empty file", ""};
    if (const auto format = capture::recognise(head)) {
        if (*format == capture::Format::pcap) return {Kind::pcap, "pcap capture", ""};
        return {Kind::pcapng, "pcapng capture", ""};
    }
    if (evtx::is_evtx(head)) return {Kind::evtx, "binary event log (EVTX)", ""};
    if (events::is_event_xml(head)) return {Kind::event_xml, "event XML", ""};
    if (events::is_event_json(head)) return {Kind::event_json, "event JSON", ""};
    const std::string_view text = bytes::text_of(head);
    for (const Signature& s : kSignatures) {
        if (!text.starts_with(s.prefix)) continue;
        if (s.archive == Archive::zip && is_document(text)) return {Kind::unrecognised, "office document", ""};
        return {Kind::unrecognised, std::string{s.description}, std::string{s.advice}, s.archive};
    }
    if (tls::is_key_log(head)) return {Kind::unrecognised, "TLS key log", "", Archive::none, true};
    if (is_tar(text)) return {Kind::unrecognised, "tar archive", std::string{kUnpack}, Archive::tar};
    return {Kind::unrecognised, "unknown format", ""};
}

}  // namespace rdpdx::analysis
