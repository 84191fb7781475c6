# An empty database gets its tables and what tests need, in one start of Rails.
task filled: 'db:migrate' do
  ActiveRecord::Base.descendants.each { |model| model.reset_column_information unless model.abstract_class? }
  load File.join(__dir__, 'redmine.rb')
end
