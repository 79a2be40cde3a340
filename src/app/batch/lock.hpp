// One at a time in a folder of results.
#pragma once

#include <filesystem>

namespace rdpdx::app {

// Held until it goes, or its process does. Waits some seconds for one that ends just now; throws FileError where
// another run is at work there. File systems without locks hold nobody off.
class FolderLock {
public:
    explicit FolderLock(const std::filesystem::path& folder);
    ~FolderLock();
    FolderLock(const FolderLock&) = delete;
    FolderLock& operator=(const FolderLock&) = delete;

private:
    int descriptor_;
};

}  // namespace rdpdx::app
