// How the operating system gives this process its memory.
#pragma once

namespace rdpdx::app {

// Memory that is allocated from now on comes in large pages where the system has them to give: tables of connections
// are looked up all over the place, and each page is another look into the page table. Without them nothing changes.
void use_large_pages();

}  // namespace rdpdx::app
