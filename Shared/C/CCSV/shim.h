#pragma once
// libcsv takes the rows apart; zlib gives the bytes of a file, packed by gzip or not.
#include <csv.h>
#include <zlib.h>
