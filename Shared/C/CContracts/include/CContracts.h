#pragma once

// Written by protoc-c from the contracts; run deploy/generate to renew it.
#include "zhike/campaign/v1/campaign.pb-c.h"
#include "zhike/campaign/v1/log.pb-c.h"
#include "zhike/common/v1/common.pb-c.h"
#include "zhike/kpi/v1/kpi.pb-c.h"
#include "zhike/profile/v1/log.pb-c.h"
#include "zhike/profile/v1/profile.pb-c.h"
#include "zhike/rpc/v1/envelope.pb-c.h"
#include "zhike/rpc/v1/health.pb-c.h"
#include "zhike/segmentation/v1/log.pb-c.h"
#include "zhike/segmentation/v1/segmentation.pb-c.h"
#include "zhike/testing/v1/testing.pb-c.h"
