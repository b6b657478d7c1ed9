/* Style and script of a page: page.css and page.js, embedded by the build. */
#ifndef HALFOPEN_REPORT_PAGE_ASSETS_H
#define HALFOPEN_REPORT_PAGE_ASSETS_H

extern const char page_css[], page_script[];

#endif
