package io.fenghuo.local.simulate;

/**
 * A city shoppers live in.
 *
 * @param name as the client address resolves to
 * @param province as on the parcel
 * @param tier 1 (largest) to 3
 * @param weight its share of the shoppers, relative to the others
 */
record City(String name, String province, int tier, double latitude, double longitude, int weight) {

  static final City[] ALL = {
    new City("上海", "上海", 1, 31.2304, 121.4737, 10),
    new City("北京", "北京", 1, 39.9042, 116.4074, 10),
    new City("广州", "广东", 1, 23.1291, 113.2644, 8),
    new City("深圳", "广东", 1, 22.5431, 114.0579, 8),
    new City("杭州", "浙江", 2, 30.2741, 120.1551, 6),
    new City("成都", "四川", 2, 30.5728, 104.0668, 6),
    new City("武汉", "湖北", 2, 30.5928, 114.3055, 5),
    new City("南京", "江苏", 2, 32.0603, 118.7969, 5),
    new City("重庆", "重庆", 2, 29.5630, 106.5516, 5),
    new City("西安", "陕西", 2, 34.3416, 108.9398, 4),
    new City("苏州", "江苏", 2, 31.2989, 120.5853, 4),
    new City("郑州", "河南", 2, 34.7466, 113.6254, 4),
    new City("长沙", "湖南", 2, 28.2282, 112.9388, 4),
    new City("青岛", "山东", 2, 36.0671, 120.3826, 3),
    new City("沈阳", "辽宁", 2, 41.8057, 123.4315, 3),
    new City("哈尔滨", "黑龙江", 3, 45.8038, 126.5350, 3),
    new City("昆明", "云南", 3, 25.0389, 102.7183, 3),
    new City("南宁", "广西", 3, 22.8170, 108.3665, 3),
    new City("贵阳", "贵州", 3, 26.6470, 106.6302, 2),
    new City("兰州", "甘肃", 3, 36.0611, 103.8343, 2),
    new City("洛阳", "河南", 3, 34.6197, 112.4540, 2),
    new City("绵阳", "四川", 3, 31.4675, 104.6796, 2),
    new City("乌鲁木齐", "新疆", 3, 43.8256, 87.6168, 1),
    new City("三亚", "海南", 3, 18.2528, 109.5119, 1)
  };

  private static final City[] BY_WEIGHT = byWeight();

  /** A city out of random bits, large ones more often. */
  static City of(long bits) {
    return BY_WEIGHT[(int) Long.remainderUnsigned(bits, BY_WEIGHT.length)];
  }

  static City named(String name) {
    for (City city : ALL) {
      if (city.name.equals(name)) {
        return city;
      }
    }
    throw new IllegalArgumentException("no city " + name);
  }

  private static City[] byWeight() {
    int total = 0;
    for (City city : ALL) {
      total += city.weight;
    }
    City[] cities = new City[total];
    int next = 0;
    for (City city : ALL) {
      for (int i = 0; i < city.weight; i++) {
        cities[next++] = city;
      }
    }
    return cities;
  }
}
