#include "src/app/archives.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "src/app/archive_reader.hpp"

namespace rdpdx::app {
namespace {

using analysis::Archive;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kLinksNamed = 20;

analysis::Recognised recognise(const Slice& slice) {
    std::vector<std::byte> head(static_cast<std::size_t>(std::min<std::uint64_t>(slice.size, analysis::kHeadNeeded)));
    const auto got = slice.read_at(0, head);
    return analysis::recognise(bytes::View{head}.first(got.value_or(0)));
}

// "client.pcap.gz" holds "client.pcap"; what has another name holds "data".
std::string name_within(const std::string& shown) {
    const auto slash = shown.rfind('/');
    const std::string name = shown.substr(slash == std::string::npos ? 0 : slash + 1);
    for (const std::string_view end : {".gz", ".bz2", ".xz", ".zst"})
        if (name.size() > end.size() && name.ends_with(end)) return name.substr(0, name.size() - end.size());
    return "data";
}

// One archive of the inputs with all that is nested in it.
class Unpacking {
public:
    Unpacking(const FoundFile& outer, const ArchiveLimits& limits, const std::vector<std::string>& passwords,
              Spool& spool, std::vector<ArchiveLoss>& lost)
        : outer_{outer}, limits_{limits}, passwords_{passwords}, spool_{spool}, lost_{lost} {}

    std::vector<FoundFile> all(const Slice& bytes, const analysis::Recognised& what) {
        packed_ = bytes.size;
        std::vector<FoundFile> out;
        try {
            archive({outer_.path, outer_.shown, bytes, {}}, what, 1, out);
        } catch (const FileError& error) {
            lose(outer_.shown, what.description, fmt::format("Stopped: {}. What came before is read.", error.what()),
                 true);
        }
        std::ranges::stable_sort(out, {}, &FoundFile::shown);
        std::map<std::string, int> seen;
        for (FoundFile& file : out)
            if (const int n = ++seen[file.shown]; n > 1) file.shown += fmt::format(" ({})", n);
        return out;
    }

private:
    void lose(const std::string& shown, std::string kind, std::string why, bool damaged = false) {
        lost_.push_back({shown, std::move(kind), std::move(why), damaged});
    }
    bool in_time() const { return Clock::now() - began_ <= limits_.time; }
    // What limit is broken, or nothing.
    std::string broken_limit() const {
        if (members_ > limits_.members) return fmt::format("it has more than {} members", limits_.members);
        if (unpacked_ > limits_.bytes) return fmt::format("it unpacks to more than {} bytes", limits_.bytes);
        if (unpacked_ > limits_.ratio_from && unpacked_ / limits_.ratio >= packed_)
            return fmt::format("it unpacks to more than {} times its size, as nothing does that was made to be read",
                               limits_.ratio);
        if (!in_time())
            return fmt::format("unpacking took longer than {} s", std::chrono::duration<double>{limits_.time}.count());
        return {};
    }
    bool stop(const std::string& member) {
        if (stopped_) return true;
        const std::string why = broken_limit();
        if (why.empty()) return false;
        stopped_ = true;
        lose(outer_.shown, "archive", fmt::format("Stopped at '{}': {}. What came before is read.", member, why), true);
        return true;
    }

    void archive(const FoundFile& file, const analysis::Recognised& what, unsigned depth, std::vector<FoundFile>& out) {
        if (depth > limits_.depth)
            return lose(file.shown, what.description,
                        fmt::format("Not opened: archives lie in each other more than {} deep.", limits_.depth));
        ArchiveReader reader{*file.content, what.archive, [this] { return in_time(); }, passwords_};
        const std::size_t before = out.size(), lost_before = lost_.size();
        std::size_t links = 0;
        bool cut = false;
        while (!cut) {
            const auto member = reader.next();
            if (!member) break;
            reader.problem();  // of a name alone
            ++members_;
            const std::string shown =
                file.shown + "/" + (member->name.empty() ? name_within(file.shown) : member->name);
            if (stop(shown)) return;
            if (member->what == ArchiveMember::What::folder) continue;
            if (member->what != ArchiveMember::What::file) {
                if (++links <= kLinksNamed)
                    lose(shown, "link", "Not read: a link or device in an archive is not followed.");
                continue;
            }
            if (member->encrypted && (passwords_.empty() || what.archive != Archive::zip)) {
                lose(shown, "encrypted",
                     what.archive == Archive::zip
                         ? "Not read: it is encrypted. Give --archive-password-file, or unpack it and give the folder."
                         : "Not read: it is encrypted in a way that is not read here. Unpack it with its password and "
                           "give the folder.");
                continue;
            }
            cut = !one(reader, {file.path, shown, {}, file.notes}, what, depth, out);
            if (stopped_) return;
        }
        if (links > kLinksNamed)
            lose(file.shown, what.description,
                 fmt::format("{} more links or devices in it are not followed.", links - kLinksNamed), true);
        if (const std::string why = reader.problem(); !why.empty() && !stop(file.shown))
            lose(file.shown, what.description,
                 fmt::format("The archive cannot be read {}: {}.", out.size() == before ? "at all" : "to its end", why),
                 out.size() > before);
        else if (!cut && out.size() == before && lost_.size() == lost_before)
            lose(file.shown, what.description, "The archive holds no files.");
    }

    // False where the archive breaks off in this member.
    bool one(ArchiveReader& reader, FoundFile member, const analysis::Recognised& what, unsigned depth,
             std::vector<FoundFile>& out) {
        const std::uint64_t begin = spool_.size();
        while (const auto block = reader.read()) {
            spool_.append(*block);
            unpacked_ += block->size();
            if (stop(member.shown)) return false;
        }
        const std::string why = reader.problem();
        if (stop(member.shown)) return false;
        member.content = spool_.since(begin);
        const auto size = member.content->size;
        if (!why.empty() && size == 0) {
            lose(member.shown, what.description, fmt::format("Not read: the archive gives nothing of it ({}).", why));
            return true;
        }
        if (!why.empty())
            member.notes.push_back(fmt::format("The archive gives {} bytes of it and says: {}.", size, why));
        const auto inner = recognise(*member.content);
        if (inner.archive == Archive::none)
            out.push_back(std::move(member));
        else
            archive(member, inner, depth + 1, out);
        return true;
    }

    const FoundFile& outer_;
    const ArchiveLimits& limits_;
    const std::vector<std::string>& passwords_;
    Spool& spool_;
    std::vector<ArchiveLoss>& lost_;
    const Clock::time_point began_{Clock::now()};
    std::uint64_t packed_{}, unpacked_{};
    std::size_t members_{};
    bool stopped_{};
};

// What cannot be opened is named when it is read; a pipe has to be unpacked by whoever fills it.
std::optional<Slice> slice_of(const std::filesystem::path& file) try {
    std::error_code error;
    if (!std::filesystem::is_regular_file(file, error)) return {};
    return whole_file(file);
} catch (const FileError&) {
    return {};
}

}  // namespace

bool is_archive(const std::filesystem::path& file) {
    const auto bytes = slice_of(file);
    return bytes && recognise(*bytes).archive != Archive::none;
}

void expand_archives(Found& found, const ArchiveLimits& limits, const std::vector<std::string>& passwords) {
    std::optional<Spool> spool;
    std::vector<FoundFile> files;
    for (FoundFile& file : found.files) {
        const auto bytes = slice_of(file.path);
        const auto what = bytes ? recognise(*bytes) : analysis::Recognised{};
        if (what.archive == Archive::none) {
            files.push_back(std::move(file));
            continue;
        }
        try {
            if (!spool) spool.emplace();
            for (FoundFile& member : Unpacking{file, limits, passwords, *spool, found.lost}.all(*bytes, what))
                files.push_back(std::move(member));
        } catch (const FileError& error) {
            found.lost.push_back({file.shown, what.description, fmt::format("Not unpacked: {}.", error.what()), false});
        }
    }
    found.files = std::move(files);
}

}  // namespace rdpdx::app
