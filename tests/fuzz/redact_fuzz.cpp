// Any bytes: what was learned as a name does not stand in a redacted text as a word, and the same text becomes the
// same.
#include <cstdlib>
#include <string>

#include "parsers/bytes/cursor.hpp"
#include "src/redact/fold.hpp"
#include "src/redact/redactor.hpp"

using namespace rdpdx;
using redact::What;

namespace {

constexpr What kAll[] = {What::text,    What::host,     What::user,   What::cookie, What::domain,
                         What::subject, What::alt_name, What::digits, What::token,  What::path};

}  // namespace

// The first byte says what the first line is; the rest is text.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const std::string all{reinterpret_cast<const char*>(data + 1), size - 1};
    const std::string name = all.substr(0, all.find('\n'));
    redact::Redactor redactor{redact::Key{}};
    redactor.learn(What::host, "zq7-marked.lab.example");
    redactor.learn(kAll[data[0] % std::size(kAll)], name);
    for (const What what : kAll) {
        const std::string out = redactor.redacted(what, all);
        if (redactor.redacted(what, all) != out) std::abort();
    }
    // A known name is gone whatever stands around it, so long as that is no part of a word.
    std::string around = all;
    for (char& c : around)
        if (c == '%' || c == '\0') c = ' ';
    const std::string text = around + " zq7-marked " + around;
    if (redact::folded(redactor.redacted(What::text, text)).find(" zq7-marked ") != std::string::npos) std::abort();
    return 0;
}
