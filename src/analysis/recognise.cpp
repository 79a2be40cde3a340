#include <array>

#include "parsers/capture/reader.hpp"
#include "parsers/config/config.hpp"
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
constexpr std::string_view kDump = "let a debugger tell what crashed: cdb -z FILE -c \"!analyze -v; q\"";
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
    Signature{"PAGEDU64"sv, "memory dump of Windows", kDump},
    Signature{"PAGEDUMP"sv, "memory dump of Windows", kDump},
    Signature{"MDMP"sv, "memory dump of a process", kDump},
    Signature{"regf"sv, "registry hive",
              "make a text of its keys, on Windows: reg load HKLM\\OFFLINE FILE, then reg export "
              "\"HKLM\\OFFLINE\\ControlSet001\\Control\\Terminal Server\" FILE.reg (of a SYSTEM hive), and reg unload "
              "HKLM\\OFFLINE"},
    Signature{"\xFF\xFEV\0e\0r\0s\0i\0o\0n\0=\0"sv, "Windows error report (WER)",
              "give the log that has the same crash: wevtutil epl Application application.evtx"},
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

// Event Trace Log: a buffer's header, WMI_BUFFER_HEADER of evntrace, and behind it the SYSTEM_TRACE_HEADER that every
// such file begins with.
bool is_trace(bytes::View head) {
    bytes::Cursor in{head};
    const auto size = in.u32le("BufferSize");
    const auto saved = in.u32le("SavedOffset");
    in.take(64, "WMI_BUFFER_HEADER");
    const auto version = in.u16le("Version");
    const auto type = in.u8("HeaderType");
    const auto flags = in.u8("Flags");
    constexpr std::uint32_t kLeast = 1024, kMost = 16U * 1024 * 1024;
    return !in.error() && size >= kLeast && size <= kMost && saved <= size && version <= 2 &&
           (type == 1 || type == 2) && flags == 0xC0;
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
    if (const auto form = config::recognise(head); form != config::Form::none)
        return {Kind::machine_text, std::string{config::title(form)}, ""};
    if (is_trace(head))
        return {Kind::unrecognised, "event trace log (ETL)",
                "convert it on Windows: its packets by etl2pcapng FILE.etl FILE.pcapng (or pktmon etl2pcap FILE.etl "
                "--out FILE.pcapng), its events by tracerpt FILE.etl -o FILE.xml -of XML"};
    if (is_tar(text)) return {Kind::unrecognised, "tar archive", std::string{kUnpack}, Archive::tar};
    return {Kind::unrecognised, "unknown format", ""};
}

}  // namespace rdpdx::analysis
